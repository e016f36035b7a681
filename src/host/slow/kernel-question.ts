import { Failure } from '../../domain/errors.ts';
import type { Places } from './slow-files.ts';

/** Asks once more, in one of these places. Rejects with what the work throws, or with Failure `timeout`, at once. */
export type KernelQuestion<T> = (places: Places, signal: AbortSignal) => Promise<T>;

/**
 * Gives a way to ask the kernel something of several steps that may hang, as all of a file system may do.
 *
 * Nothing can call off a step that hangs: whoever asks waits for the signal too. As with `createSlowFiles`, what has
 * been asked is not asked again before it has ended: so one question never takes more than one thread of Node's pool,
 * however often it is repeated. The work gets the signal, to be looked at between its steps; while it waits for a
 * place, the signal takes it out of the line.
 */
export function createKernelQuestion<T>(
  what: string,
  work: (signal: AbortSignal) => Promise<T>,
): KernelQuestion<T> {
  let underWay = false;

  return async (places, signal) => {
    if (underWay) {
      const text = `${what}: the kernel has not answered an earlier question yet; is it on a server that is gone?`;
      throw new Failure('timeout', text);
    }
    underWay = true;
    try {
      return await places(() => work(signal), signal);
    } finally {
      underWay = false;
    }
  };
}
