import { messageOf } from '../../domain/errors.ts';
import { type Finding, fail, type Verdict } from '../../domain/finding.ts';
import { withinLimit } from '../../domain/limit.ts';

/** One thing to look at. */
export interface Check {
  readonly name: string;
  /** Gives undefined where there is nothing to check. */
  readonly run: (signal: AbortSignal) => Promise<Verdict | undefined> | Verdict | undefined;
  /** 5 s unless said otherwise. */
  readonly limitMs?: number;
}

const LIMIT_MS = 5000;

/**
 * Runs all checks side by side, each within its limit, and gives what they found in their order.
 *
 * One that throws or hangs has failed, and costs nothing but itself.
 */
export async function examine(checks: readonly Check[], signal?: AbortSignal): Promise<readonly Finding[]> {
  const found = await Promise.all(checks.map((check) => examineOne(check, signal)));
  return found.flat();
}

async function examineOne(
  { name, run, limitMs = LIMIT_MS }: Check,
  signal: AbortSignal | undefined,
): Promise<readonly Finding[]> {
  try {
    const verdict = await withinLimit('this check', limitMs, signal, run);
    return verdict === undefined ? [] : [{ check: name, ...verdict }];
  } catch (thrown) {
    const mend = 'What it looks at does not answer: see the log of the kernel (dmesg), and look again';
    return [{ check: name, ...fail(messageOf(thrown), mend) }];
  }
}
