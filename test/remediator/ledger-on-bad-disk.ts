/**
 * Run by ledger-disk.lab.test.ts with a small tmpfs of its own: appends to a ledger while the disk is full and while there
 * is no room for another file. Prints, as JSON, what became of it.
 */
import { readdirSync, rmSync, statfsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { openAppendLog } from '../../src/host/files/append-log.ts';
import { createMoment } from '../../src/host/uptime.ts';
import { openLedger } from '../../src/remediator/ledger.ts';

const [disk = ''] = process.argv.slice(2);
const path = join(disk, 'ledger.jsonl');
const filler = join(disk, 'filler');
const { log } = await openAppendLog(path, { maxBytes: 20_000, kept: 8 });
const ledger = await openLedger(log, createMoment());
const told: Record<string, string> = {};

async function append(name: string, id = name, detail = ''): Promise<void> {
  const about = { id, policy: 'p', unit: 'a.service' };
  told[name] = await ledger.append([{ event: 'rehearsed', ...about, action: 'restart', detail }]).then(
    () => 'written',
    (thrown: Error) => thrown.message.replaceAll(disk, 'DISK'),
  );
}

/** A file of all the room that is left, less so many bytes. */
function fill(rest: number): void {
  rmSync(filler, { force: true });
  const { bavail, bsize } = statfsSync(disk);
  writeFileSync(filler, Buffer.alloc(Math.max(0, bavail * bsize - rest)));
}

await append('before');

fill(4096);
// What fits is written though what comes with it does not.
await Promise.all([
  append('first in a group'),
  append('too large for the room', 'large', 'x'.repeat(15_000)),
  append('fits'),
]);
fill(0);
await append('large on a full disk', 'large', 'x'.repeat(15_000));
rmSync(filler);
await append('once there is room');

// The next append begins a new file, for which there is no room in the table of files.
await append('up to a new file', 'large', 'x'.repeat(25_000));
const fillers = Array.from({ length: statfsSync(disk).ffree }, (_, index) => join(disk, `file-${index}`));
for (const file of fillers) writeFileSync(file, '');
await append('no room for a file');
for (const file of fillers) rmSync(file);
await append('a new file');

await log.close();
process.stdout.write(JSON.stringify({ told, errors: ledger.errors, files: readdirSync(disk).toSorted() }));
