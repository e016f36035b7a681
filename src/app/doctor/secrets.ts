import { messageOf } from '../../domain/errors.ts';
import { fail, ok, type Verdict, warn } from '../../domain/finding.ts';
import { isWorldReadable } from '../../host/files/file-access.ts';
import { readTokens } from '../../host/files/tokens.ts';

/** How it is about the file of bearer tokens. */
export type TokenEvidence = { readonly problem: string } | { readonly isWorldReadable: boolean };

/** Looks at the file; what is in it goes nowhere. */
export async function readTokenEvidence(file: string): Promise<TokenEvidence> {
  try {
    await readTokens(file);
    return { isWorldReadable: await isWorldReadable(file) };
  } catch (thrown) {
    return { problem: messageOf(thrown) };
  }
}

/** Whether the remediator has a secret, and it is one. */
export function tokenVerdict(file: string, evidence: TokenEvidence): Verdict {
  if ('problem' in evidence) {
    const mend = `Put a token there that the user of fettle may read, or take remediator.token_file out`;
    return fail(evidence.problem, mend);
  }
  if (evidence.isWorldReadable) {
    return warn(`everybody on this machine may read ${file}`, `Take that right away: chmod o-r ${file}`);
  }
  return ok(`${file} can be read, and not by everybody`);
}
