import { Failure } from '../../domain/errors.ts';
import { type Body, type CallLimits, Calls } from './calls.ts';
import { createDecoder, type Decoder } from './decode.ts';
import { createEncode, type Encode } from './encode.ts';
import { BusFault } from './fault.ts';
import { type Header, readHeader } from './header.ts';
import { Inbox } from './inbox.ts';
import type { Link, Receiver } from './link.ts';
import { KIND, NO_REPLY_EXPECTED } from './message.ts';
import { Outbox } from './outbox.ts';
import { type MethodCall, nextSerial, writeCall, writeError, writeReply } from './outgoing.ts';
import type { Reader } from './reader.ts';
import { type Signal, Signals, type Wants } from './signals.ts';
import { createTypesOf } from './signature.ts';

/** Others' calls are not answered while so much has not been taken, so that they cannot fill the memory. */
const MANY_BYTES = 65_536;

/** Who has not taken so much will not take it any more: a call has some 250 bytes. */
const TOO_MANY_BYTES = 2 ** 24;

const UNKNOWN_METHOD = 'org.freedesktop.DBus.Error.UnknownMethod';

const PEER = 'org.freedesktop.DBus.Peer';

/** Messages to and from the other side of a link. */
export class Connection implements Receiver {
  /** Resolves when it has ended, with the reason. */
  readonly closed: Promise<string>;
  readonly #tellClosed: (reason: string) => void;
  readonly #link: Link;
  readonly #calls: Calls;
  readonly #signals: Signals;
  readonly #decoder: Decoder;
  readonly #encode: Encode;
  readonly #inbox = new Inbox((message) => this.#onMessage(message));
  readonly #outbox: Outbox;
  #serial = 0;
  #over = false;

  constructor(link: Link, limits: CallLimits) {
    const typesOf = createTypesOf();
    let tellClosed: (reason: string) => void = () => undefined;
    this.closed = new Promise((resolve) => {
      tellClosed = resolve;
    });
    this.#tellClosed = tellClosed;
    this.#link = link;
    this.#decoder = createDecoder(typesOf);
    this.#encode = createEncode(typesOf);
    this.#signals = new Signals(this.#decoder);
    this.#outbox = new Outbox((bytes, sent) => link.send(bytes, sent));
    const onSilence = () => this.ended('the other side leaves too many calls unanswered');
    this.#calls = new Calls((call) => this.#send(call), onSilence, limits);
  }

  /** Makes a call and gives the body of the answer. Throws BusFault, Failure, or the reason of the signal. */
  async call(call: MethodCall, signal?: AbortSignal): Promise<Body> {
    const [body = []] = await this.#calls.make([call], signal);
    return body;
  }

  /** Makes several calls and gives all their bodies; throws as one of them did. */
  callAll(calls: readonly MethodCall[], signal?: AbortSignal): Promise<readonly Body[]> {
    return this.#calls.make(calls, signal);
  }

  onSignal(listener: (signal: Signal) => void, wants: Wants): void {
    this.#signals.on(listener, wants);
  }

  receive(chunk: Buffer, length: number): void {
    if (!this.#over) this.#inbox.push(chunk, length);
  }

  ended(reason: string): void {
    if (this.#over) return;
    this.#over = true;
    this.#link.cut();
    this.#calls.abandon(reason);
    this.#tellClosed(reason);
  }

  #send(call: MethodCall): number {
    if (this.#link.backlog() > TOO_MANY_BYTES) this.ended('the other side has stopped reading');
    if (this.#over) throw new Failure('unreachable', `${call.member} of ${call.destination} cannot be sent`);
    const serial = nextSerial(this.#serial);
    writeCall(this.#outbox.open(), this.#encode, serial, call);
    this.#serial = serial;
    return serial;
  }

  #onMessage(message: Reader): void {
    if (this.#over) return;
    const header = readHeader(message, this.#decoder);
    switch (header.kind) {
      case KIND.reply:
        return this.#onReply(header, message);
      case KIND.error:
        return this.#onError(header, message);
      case KIND.signal:
        return this.#signals.tell(header, message);
      case KIND.call:
        return this.#onCall(header);
    }
  }

  #onReply({ replySerial, signature }: Header, message: Reader): void {
    // The answer to a call that has been given up is not even read.
    if (!this.#calls.expects(replySerial)) return;
    this.#calls.answer(replySerial, this.#decoder.body(message, signature));
  }

  #onError({ replySerial, errorName, sender, signature }: Header, message: Reader): void {
    if (!this.#calls.expects(replySerial)) return;
    const [text] = this.#decoder.body(message, signature);
    this.#calls.fail(
      replySerial,
      new BusFault(errorName, typeof text === 'string' ? text : errorName, sender),
    );
  }

  /** fettle offers nothing on the bus; whoever calls it is told so, since they would wait. */
  #onCall(header: Header): void {
    if ((header.flags & NO_REPLY_EXPECTED) !== 0 || this.#link.backlog() > MANY_BYTES) return;
    this.#serial = nextSerial(this.#serial);
    const writer = this.#outbox.open();
    if (header.interface === PEER && header.member === 'Ping') {
      return writeReply(writer, this.#encode, this.#serial, header);
    }
    const text = `fettle has no method ${header.member}`;
    writeError(writer, this.#encode, this.#serial, header, { name: UNKNOWN_METHOD, text });
  }
}
