import { messageOf } from '../../domain/errors.ts';
import { ProbeFault } from '../../domain/probes/fault.ts';

/** The fault that an error of a socket stands for. `where` is for people, as in `127.0.0.1:6379`. */
export function connectionFault(thrown: unknown, where: string): ProbeFault {
  if (thrown instanceof ProbeFault) return thrown;
  const code = codeOf(thrown);
  const cause = { cause: thrown };
  switch (code) {
    case 'ECONNREFUSED':
      return new ProbeFault('refused', `${where} refused the connection: nobody listens there`, cause);
    case 'ENOENT':
      return new ProbeFault('refused', `${where} does not exist: nobody listens there`, cause);
    case 'ETIMEDOUT':
      return new ProbeFault('timeout', `${where} did not answer, says the kernel (ETIMEDOUT)`, cause);
    default:
      return new ProbeFault(
        'connection',
        `the connection to ${where} broke: ${code ?? messageOf(thrown)}`,
        cause,
      );
  }
}

/** The code of an error, or of the first of several, as happens where a name has several addresses. */
export function codeOf(thrown: unknown): string | undefined {
  if (thrown instanceof Error && 'code' in thrown && thrown.code !== undefined) return String(thrown.code);
  if (thrown instanceof AggregateError) return codeOf(thrown.errors[0]);
  return undefined;
}
