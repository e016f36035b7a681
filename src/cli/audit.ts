import { basename } from 'node:path';
import { verifyLedger } from '../app/ledger-reading.ts';
import { messageOf } from '../domain/errors.ts';
import type { Command } from './arguments.ts';
import { EXIT } from './exit.ts';
import { ledgerPlace, tellNoLedger } from './ledger-place.ts';
import { plainText } from './plain-text.ts';
import { tell } from './terminal.ts';

type AuditCommand = Extract<Command, { kind: 'audit' }>;

/** Tells whether a ledger is as it was written; gives the exit code. */
export async function audit(command: AuditCommand): Promise<number> {
  const path = await ledgerPlace(command);
  if (path === undefined) return EXIT.usage;
  try {
    const walked = await verifyLedger(path);
    if (walked.files.length === 0) {
      tellNoLedger(path);
      return EXIT.failure;
    }
    process.stdout.write(
      auditLines(path, walked)
        .map((line) => `${plainText(line)}\n`)
        .join(''),
    );
    return EXIT.ok;
  } catch (thrown) {
    tell(messageOf(thrown));
    return EXIT.failure;
  }
}

/** What was seen of a ledger that is whole, for people. */
export function auditLines(
  path: string,
  { files, lines, first, last, beginsInTheMiddle, torn }: Awaited<ReturnType<typeof verifyLedger>>,
): readonly string[] {
  return [
    `${path} is whole: every line is as it was written, and follows the one before.`,
    `lines  ${lines}`,
    `files  ${files.map((file) => basename(file)).join(', ')}`,
    ...(first === undefined ? [] : [`first  ${first}`, `last   ${last}`]),
    ...(beginsInTheMiddle
      ? ['Older lines are gone with their files: what they told can no longer be verified.']
      : []),
    ...(torn === undefined
      ? []
      : [
          `After the last line come ${torn.bytes} bytes of one that is not whole: it is being written, or a crash cut it ` +
            'short. It was never acknowledged, and fettle cuts it off when it starts.',
        ]),
  ];
}
