import { basename } from 'node:path';
import { type VerifiedLedger, verifyLedger } from '../app/ledger-reading.ts';
import type { Command } from './arguments.ts';
import { EXIT } from './exit.ts';
import { ledgerPlace, tellNoLedger, tellUnreadable } from './ledger-place.ts';
import { plainText } from './plain-text.ts';

type AuditCommand = Extract<Command, { kind: 'audit' }>;

/** Tells whether a ledger is as it was written; gives the exit code. */
export async function audit(command: AuditCommand): Promise<number> {
  const path = await ledgerPlace(command);
  if (path === undefined) return EXIT.usage;
  try {
    const verified = await verifyLedger(path);
    if (verified.walked.files.length === 0) {
      tellNoLedger(path);
      return EXIT.failure;
    }
    process.stdout.write(
      auditLines(path, verified)
        .map((line) => `${plainText(line)}\n`)
        .join(''),
    );
    return verified.evidence.problems.length === 0 ? EXIT.ok : EXIT.failure;
  } catch (thrown) {
    await tellUnreadable('audit verify', path, thrown);
    return EXIT.failure;
  }
}

/** What was seen of a ledger that is whole, and of its evidence, for people. */
export function auditLines(path: string, { walked, evidence }: VerifiedLedger): readonly string[] {
  const { files, lines, first, last, beginsInTheMiddle, torn } = walked;
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
    ...evidenceLines(evidence),
  ];
}

function evidenceLines({ folder, whole, problems }: VerifiedLedger['evidence']): readonly string[] {
  if (whole === 0 && problems.length === 0) return [];
  return [
    `${whole} ${whole === 1 ? 'file' : 'files'} of evidence in ${folder} ${whole === 1 ? 'is' : 'are'} as written.`,
    ...problems.map((problem) => `EVIDENCE: ${problem}`),
  ];
}
