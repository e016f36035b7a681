import { Writer } from './writer.ts';

/** Takes bytes for the other side, and tells when their memory may be used again. */
export type Send = (bytes: Buffer, sent: () => void) => void;

/** Memory that is kept for what comes next; more is given back. */
const KEPT_BYTES = 65_536;

/** Gathers the messages of one turn of the event loop and sends them at once: each write costs as much as a call. */
export class Outbox {
  readonly #send: Send;
  readonly #writer = new Writer();
  #spare: Buffer | undefined;
  #scheduled = false;

  constructor(send: Send) {
    this.#send = send;
  }

  /** To write messages to, which are sent at the end of the turn. */
  open(): Writer {
    if (!this.#scheduled) {
      this.#scheduled = true;
      setImmediate(() => this.#flush());
    }
    return this.#writer;
  }

  #flush(): void {
    this.#scheduled = false;
    if (this.#writer.length === 0) return;
    const written = this.#writer.take(this.#spare);
    this.#spare = undefined;
    this.#send(written, () => this.#keep(written));
  }

  /** Two pieces of memory take turns: one is written to while the other is being sent. */
  #keep({ buffer }: Buffer): void {
    if (buffer.byteLength <= KEPT_BYTES) this.#spare = Buffer.from(buffer);
  }
}
