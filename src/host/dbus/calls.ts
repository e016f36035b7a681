import { Aborts } from '../../domain/aborts.ts';
import { Failure } from '../../domain/errors.ts';
import type { MethodCall } from './outgoing.ts';

/** Limits on calls. */
export interface CallLimits {
  /** How long the other side has for an answer, from when the call is sent. */
  readonly timeoutMs: number;
  /** Calls under way at once; the others wait their turn. */
  readonly inFlight: number;
  /** Calls sent and not answered yet, those included that nobody waits for any more: a bus counts them too. */
  readonly unanswered: number;
}

/** The body of an answer. */
export type Body = readonly unknown[];

/** Calls that were made together, and have one promise: one each costs as much as a call. */
class Group {
  readonly #bodies: Body[];
  readonly #resolve: (bodies: readonly Body[]) => void;
  readonly #reject: (reason: unknown) => void;
  #left: number;

  constructor(size: number, resolve: (bodies: readonly Body[]) => void, reject: (reason: unknown) => void) {
    this.#bodies = Array.from({ length: size }, () => NOTHING);
    this.#resolve = resolve;
    this.#reject = reject;
    this.#left = size;
  }

  answered(index: number, body: Body): void {
    this.#bodies[index] = body;
    this.#left -= 1;
    if (this.#left === 0) this.#resolve(this.#bodies);
  }

  /** The first failure counts; what comes of the others is not wanted any more. */
  failed(reason: unknown): void {
    this.#reject(reason);
  }
}

const NOTHING: Body = [];

/** A call that has not ended. */
class Pending {
  readonly call: MethodCall;
  readonly #group: Group;
  readonly #index: number;
  state: 'waiting' | 'sent' | 'over' = 'waiting';
  serial = 0;
  /** By `performance.now()`. */
  deadlineMs = 0;
  /** Stops listening to the caller's signal. */
  letGo: (() => void) | undefined = undefined;
  /** The call that waits behind it. */
  next: Pending | undefined = undefined;

  constructor(call: MethodCall, group: Group, index: number) {
    this.call = call;
    this.#group = group;
    this.#index = index;
  }

  resolve(body: Body): void {
    this.#group.answered(this.#index, body);
  }

  reject(reason: unknown): void {
    this.#group.failed(reason);
  }
}

/**
 * The calls of one connection that wait for their turn or for an answer.
 *
 * One entry a call and one timer for all of them: they come by the ten thousand.
 */
export class Calls {
  readonly #send: (call: MethodCall) => number;
  readonly #onSilence: () => void;
  readonly #limits: CallLimits;
  /** By serial, in the order in which they were sent, which is that of their deadlines. */
  readonly #sent = new Map<number, Pending>();
  /** Serials of calls that were given up; their answers may still come. */
  readonly #givenUp = new Set<number>();
  readonly #aborts = new Aborts();
  #first: Pending | undefined;
  #last: Pending | undefined;
  #timer: NodeJS.Timeout | undefined;
  #gone: string | undefined;

  /**
   * `send` sends a call and gives its serial; a call that it throws for fails with that. `onSilence` is told when
   * so many calls were given up without an answer that no other can be sent.
   */
  constructor(send: (call: MethodCall) => number, onSilence: () => void, limits: CallLimits) {
    this.#send = send;
    this.#onSilence = onSilence;
    this.#limits = limits;
  }

  /**
   * Makes calls and gives the bodies of their answers, in the same order.
   *
   * Throws what `fail` is given, Failure `timeout` or `unreachable`, or the reason of the signal: of the first
   * call that fails, and the others go on unheard.
   */
  make(calls: readonly MethodCall[], signal?: AbortSignal): Promise<readonly Body[]> {
    return new Promise((resolve, reject) => {
      if (calls.length === 0) return resolve([]);
      const group = new Group(calls.length, resolve, reject);
      for (const [index, call] of calls.entries()) this.#begin(new Pending(call, group, index), signal);
      this.#sendNext();
    });
  }

  /** Whether somebody waits for the answer to this serial that has come; after the deadline nobody does. */
  expects(serial: number): boolean {
    if (this.#sent.has(serial)) return true;
    if (this.#givenUp.delete(serial)) this.#sendNext();
    return false;
  }

  /** Ends a call with its answer. */
  answer(serial: number, body: Body): void {
    const pending = this.#sent.get(serial);
    if (pending !== undefined && this.#end(pending)) pending.resolve(body);
  }

  /** Ends a call with an error that came as its answer. */
  fail(serial: number, error: Error): void {
    const pending = this.#sent.get(serial);
    if (pending !== undefined && this.#end(pending)) pending.reject(error);
  }

  /** Ends every call, now and from now on: the connection is gone. */
  abandon(reason: string): void {
    if (this.#gone !== undefined) return;
    this.#gone = reason;
    clearTimeout(this.#timer);
    const left = [...this.#sent.values()];
    for (let one = this.#first; one !== undefined; one = one.next) left.push(one);
    this.#first = undefined;
    for (const pending of left) this.#giveUp(pending, unreachable(pending.call, reason));
  }

  #giveUp(pending: Pending, reason: unknown): void {
    if (pending.state === 'sent') this.#givenUp.add(pending.serial);
    if (this.#end(pending)) pending.reject(reason);
    if (this.#givenUp.size >= this.#limits.unanswered) this.#onSilence();
  }

  /** Lets the next call have its place. Says whether it had not ended before. */
  #end(pending: Pending): boolean {
    if (pending.state === 'over') return false;
    this.#settle(pending);
    this.#sent.delete(pending.serial);
    this.#sendNext();
    return true;
  }

  #settle(pending: Pending): void {
    pending.state = 'over';
    pending.letGo?.();
  }

  #begin(pending: Pending, signal: AbortSignal | undefined): void {
    if (this.#gone !== undefined) return pending.reject(unreachable(pending.call, this.#gone));
    if (signal?.aborted) return pending.reject(signal.reason);
    if (signal !== undefined) {
      pending.letGo = this.#aborts.listen(signal, () => this.#giveUp(pending, signal.reason));
    }
    this.#enqueue(pending);
  }

  #enqueue(pending: Pending): void {
    if (this.#first === undefined || this.#last === undefined) this.#first = pending;
    else this.#last.next = pending;
    this.#last = pending;
  }

  #sendNext(): void {
    const { inFlight, unanswered } = this.#limits;
    const most = Math.min(inFlight, unanswered - this.#givenUp.size);
    while (this.#first !== undefined && this.#sent.size < most) {
      const pending = this.#first;
      this.#first = pending.next;
      pending.next = undefined;
      if (pending.state === 'waiting') this.#sendOne(pending);
    }
  }

  #sendOne(pending: Pending): void {
    try {
      pending.serial = this.#send(pending.call);
    } catch (thrown) {
      this.#settle(pending);
      return pending.reject(thrown);
    }
    pending.state = 'sent';
    pending.deadlineMs = performance.now() + this.#limits.timeoutMs;
    this.#sent.set(pending.serial, pending);
    this.#timer ??= setTimeout(() => this.#onTimer(), this.#limits.timeoutMs);
  }

  #onTimer(): void {
    this.#timer = undefined;
    const now = performance.now();
    const late: Pending[] = [];
    for (const pending of this.#sent.values()) {
      if (pending.deadlineMs > now) {
        this.#timer = setTimeout(() => this.#onTimer(), Math.ceil(pending.deadlineMs - now));
        break;
      }
      late.push(pending);
    }
    for (const pending of late) this.#giveUp(pending, timeout(pending.call, this.#limits.timeoutMs));
  }
}

function unreachable(call: MethodCall, reason: string): Failure {
  return new Failure('unreachable', `${inWords(call)}: ${reason}`);
}

function timeout(call: MethodCall, limitMs: number): Failure {
  return new Failure('timeout', `${inWords(call)}: no answer within ${limitMs / 1000} s`);
}

function inWords({ member, destination }: MethodCall): string {
  return `${member} of ${destination}`;
}
