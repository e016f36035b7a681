import { Failure } from '../../domain/errors.ts';
import { BusFault } from '../../host/bus.ts';

/** What systemd answered to an order: what it gives, or in words why it refuses it. */
export type Answer<T> = { readonly given: T } | { readonly refusal: string };

/**
 * What the bus answers in systemd's place if it has left with the order: it may have been carried out. systemd itself
 * passes them on from polkit, when it could not ask for leave.
 */
const LOST = ['org.freedesktop.DBus.Error.NoReply', 'org.freedesktop.DBus.Error.Disconnected'];

/**
 * Waits for the answer to an order, as in `restart a.service`. A refusal has started, stopped and set nothing.
 *
 * Throws whatever else went wrong.
 */
export async function answerTo<T>(what: string, order: Promise<T>): Promise<Answer<T>> {
  try {
    return { given: await order };
  } catch (thrown) {
    if (!(thrown instanceof BusFault)) throw thrown;
    return { refusal: `systemd refused to ${what}: ${thrown.message} (${thrown.errorName})` };
  }
}

/** Waits for the call that does what is asked for. Throws Failure `unreachable` if its answer is lost, else as it did. */
export async function unlessLost<T>(what: string, call: Promise<T>): Promise<T> {
  try {
    return await call;
  } catch (cause) {
    if (!(cause instanceof BusFault) || !cause.isFromBusDriver || !LOST.includes(cause.errorName))
      throw cause;
    const message = `${what}: the answer is lost, it may have been done: ${cause.message}`;
    throw new Failure('unreachable', message, { cause });
  }
}
