import { setMaxListeners } from 'node:events';
import type { Known } from '../domain/circumstances.ts';
import { messageOf } from '../domain/errors.ts';
import { withinLimit } from '../domain/limit.ts';

/** What some work gives within a limit, or why it gave nothing. Never throws, and returns when time is up. */
export async function knownWithin<T>(
  what: string,
  limitMs: number,
  signal: AbortSignal,
  work: (signal: AbortSignal) => Promise<T> | T,
): Promise<Known<T>> {
  try {
    return { known: true, value: await withinLimit(what, limitMs, signal, work) };
  } catch (thrown) {
    const message = messageOf(thrown);
    return { known: false, why: message.startsWith(what) ? message : `${what}: ${message}` };
  }
}

/** The same of work that may itself say that it does not know. */
export async function flatWithin<T>(
  what: string,
  limitMs: number,
  signal: AbortSignal,
  work: (signal: AbortSignal) => Promise<Known<T>>,
): Promise<Known<T>> {
  const outer = await knownWithin(what, limitMs, signal, work);
  return outer.known ? outer.value : outer;
}

/** Does some work with a signal of its own, to which any number may listen, that follows another. */
export async function withOwnSignal<T>(
  signal: AbortSignal,
  work: (own: AbortSignal) => Promise<T>,
): Promise<T> {
  const controller = new AbortController();
  setMaxListeners(0, controller.signal);
  const follow = () => controller.abort(signal.reason);
  if (signal.aborted) follow();
  signal.addEventListener('abort', follow, { once: true });
  try {
    return await work(controller.signal);
  } finally {
    signal.removeEventListener('abort', follow);
  }
}
