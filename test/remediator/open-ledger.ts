/** Run by ledger-disk.lab.test.ts on a disk that is read-only: tries to open a ledger, and prints what became of it. */
import { openAppendLog } from '../../src/host/files/append-log.ts';

const [path = ''] = process.argv.slice(2);
const told = await openAppendLog(path).then(
  () => 'opened',
  (thrown: Error) => thrown.message,
);
process.stdout.write(`\n${told}`);
