/**
 * Run by append-log.test.ts in a process whose files may not grow beyond a few KiB: adds to a log until there is
 * no room, and once more. Prints, as JSON, what happened and what was in the file at each step.
 */
import { readFileSync } from 'node:fs';
import { Failure } from '../../../src/domain/errors.ts';
import { openAppendLog } from '../../../src/host/files/append-log.ts';

const [path = ''] = process.argv.slice(2);
const { log } = await openAppendLog(path);
const steps: unknown[] = [];

async function append(name: string, lines: readonly string[]): Promise<void> {
  const code = await log
    .append(() => lines)
    .then(
      () => 'ok',
      (thrown: unknown) => (thrown instanceof Failure ? `${thrown.code}: ${thrown.message}` : String(thrown)),
    );
  steps.push({ name, code, bytes: readFileSync(path).length });
}

await append('fits', ['first']);
await append('does not fit', ['second', 'x'.repeat(100_000)]);
await append('does not fit either', ['y'.repeat(100_000)]);
await append('fits again', ['third']);
await log.close();
process.stdout.write(JSON.stringify(steps));
