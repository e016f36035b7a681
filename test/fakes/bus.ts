import type { Bus, BusCall, BusSignal } from '../../src/host/bus.ts';

/** What a bus answers to a call; throw to answer with an error. */
export type Answer = (call: BusCall) => readonly unknown[];

/** A bus in the hands of a test. */
export interface FakeBus extends Bus {
  /** A signal of systemd's comes in. */
  emit(signal: { readonly path: string; readonly member: string; readonly body: readonly unknown[] }): void;
}

/**
 * A connection to systemd itself that answers as it is told, for what cannot be made to happen in a lab: the order
 * of messages that come at the same time, and errors between two calls.
 */
export function fakeBus(answer: Answer): FakeBus {
  const listeners: ((signal: BusSignal) => void)[] = [];
  let close: (reason: string) => void;
  const closed = new Promise<string>((resolve) => {
    close = resolve;
  });
  const call = async (one: BusCall) => answer(one);
  return {
    peer: true,
    call,
    callAll: (calls) => Promise.all(calls.map(call)),
    addMatch: async () => undefined,
    onSignal: (listener) => listeners.push(listener),
    closed,
    close: () => close('closed'),
    emit(signal) {
      for (const listener of listeners) listener({ sender: '', interface: '', ...signal });
    },
  };
}
