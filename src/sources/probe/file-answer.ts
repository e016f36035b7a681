import { Failure } from '../../domain/errors.ts';
import { ProbeFault } from '../../domain/probes/fault.ts';
import type { Findings } from './asking.ts';

/** What the kernel answers about a path; a Failure becomes a ProbeFault. */
export async function answerOf<T>(asking: Promise<T>, path: string, found: Findings): Promise<T> {
  found.stage = `asking the kernel about ${path}, which may be on a server that is gone`;
  try {
    return await asking;
  } catch (thrown) {
    if (!(thrown instanceof Failure)) throw thrown;
    const reason = thrown.code === 'timeout' ? 'timeout' : 'unreadable';
    throw new ProbeFault(reason, thrown.message, { cause: thrown });
  }
}
