import type { Decoder } from './decode.ts';
import type { Reader } from './reader.ts';

/** What a signal says of itself. */
export interface SignalHeader {
  /**
   * Unique name of the connection that sent it, as in `:1.2`; anybody may send any signal to anybody. Where there
   * is no bus between, it is what the other side calls itself, if it says so at all.
   */
  readonly sender: string;
  readonly path: string;
  readonly interface: string;
  readonly member: string;
}

/** A signal. */
export interface Signal extends SignalHeader {
  /** Its values as plain ones; they are read when this is asked for, and throw Malformed if they cannot be. */
  readonly body: readonly unknown[];
}

/** Passes signals on to those who want them. */
export class Signals {
  readonly #decoder: Decoder;
  readonly #listeners: { readonly listener: (signal: Signal) => void; readonly wants: Wants }[] = [];

  constructor(decoder: Decoder) {
    this.#decoder = decoder;
  }

  /** The listener is told the signals whose header it wants. */
  on(listener: (signal: Signal) => void, wants: Wants): void {
    this.#listeners.push({ listener, wants });
  }

  /** Tells a signal whose header has been read. */
  tell(header: SignalHeader & { readonly signature: string }, message: Reader): void {
    let signal: Signal | undefined;
    for (const { listener, wants } of this.#listeners) {
      if (!wants(header)) continue;
      signal ??= createSignal(header, message.copyOfRest(), this.#decoder);
      listener(signal);
    }
  }
}

/** Whether a signal is wanted, by its header. */
export type Wants = (header: SignalHeader) => boolean;

/** The copy of its values costs little; most of what comes in a storm is not looked at. */
function createSignal(
  { sender, path, interface: face, member, signature }: SignalHeader & { readonly signature: string },
  values: Reader,
  decoder: Decoder,
): Signal {
  let body: readonly unknown[] | undefined;
  return {
    ...{ sender, path, interface: face, member },
    get body() {
      body ??= decoder.body(values, signature);
      return body;
    },
  };
}
