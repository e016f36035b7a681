/**
 * Run by kept-files.test.ts in a process that may have few files open: reads more files than that, twice, and
 * prints as JSON how many are to be kept, what was read, and whether another file can still be opened.
 */
import { closeSync, openSync } from 'node:fs';
import { KeptFiles, keptFilesLimit } from '../../../src/host/files/kept-files.ts';

const paths = process.argv.slice(2);
// As many as there is room for and more, as if connections had come meanwhile.
const files = new KeptFiles(paths.length);
const kept = paths.map((path) => files.file(path));
const rounds = [1, 2].map(() => kept.map((file) => file.read()));
files.makeRoom();
closeSync(openSync('/dev/null', 'r'));
process.stdout.write(JSON.stringify({ limit: keptFilesLimit(1000), rounds }));
