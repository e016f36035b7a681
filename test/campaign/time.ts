import type { Clock } from '../../src/domain/clock.ts';
import type { Moment } from '../../src/domain/moment.ts';

/** Whose events they are: a process of fettle by its number, or the machine's until it is started anew, or the world's. */
export type Owner = number | 'machine' | 'world';

/** Time of a simulated machine. All of it is virtual; only `pass` lets it go on. */
export interface WorldTime {
  /** Milliseconds since the beginning that nobody can set; those asleep count. */
  readonly trueMs: number;
  /** The same without those asleep, in which timers do not run. */
  readonly awakeMs: number;
  readonly wallMs: number;
  /** Number of the machine's start. */
  readonly boot: number;
  /** When the wall clock was last set or the machine last slept, on `awakeMs`. */
  readonly disturbedAt: number;
  moment(): Moment;
  /** The clock as a process sees it. */
  clockOf(owner: Owner): Clock;
  /** Something that will happen; gives what calls it off. */
  after(ms: number, owner: Owner, act: () => void): () => void;
  /** Nothing of what an owner waits for will ever happen. */
  drop(owner: Owner): void;
  jump(seconds: number): void;
  suspend(seconds: number): void;
  reboot(): void;
  /** Lets so much time go by; after each event all that is ready is done, and then `look` is called. */
  pass(ms: number, look: () => void): Promise<void>;
}

interface Due {
  readonly at: number;
  readonly owner: Owner;
  readonly act: () => void;
}

/** A history has some hundreds, the longest some thousands. */
const MOST_EVENTS = 100_000;

/** A Saturday in November 2026, 01:00 UTC. */
const BEGIN_MS = Date.UTC(2026, 10, 21, 1);

/** Gives the time of a machine that has been up for long. */
export function createTime(): WorldTime {
  let events = 0;
  let trueMs = 0;
  let awakeMs = 0;
  let setMs = BEGIN_MS;
  let boot = 1;
  let bootedAtMs = -10_000_000;
  let disturbedAt = Number.NEGATIVE_INFINITY;
  let due: Due[] = [];
  const gone = new Set<Owner>();

  function goOnTo(at: number): void {
    trueMs += at - awakeMs;
    awakeMs = at;
  }

  /** In the order in which they are due; those of the same moment in the order in which they were asked for. */
  function insert(one: Due): void {
    let place = due.length;
    while (place > 0 && (due[place - 1]?.at ?? 0) > one.at) place--;
    due.splice(place, 0, one);
  }

  function after(ms: number, owner: Owner, act: () => void): () => void {
    const one = { at: awakeMs + Math.max(0, ms), owner, act };
    if (!gone.has(owner)) insert(one);
    return () => {
      const place = due.indexOf(one);
      if (place >= 0) due.splice(place, 1);
    };
  }

  function sleep(owner: Owner, ms: number, signal: AbortSignal | undefined): Promise<void> {
    return new Promise((resolve, reject) => {
      signal?.throwIfAborted();
      const onAbort = () => {
        cancel();
        reject(signal?.reason);
      };
      // As Node's timers do: whole milliseconds, and one at least.
      const cancel = after(Math.max(1, Math.trunc(ms)), owner, () => {
        signal?.removeEventListener('abort', onAbort);
        resolve();
      });
      signal?.addEventListener('abort', onAbort, { once: true });
    });
  }

  return {
    get trueMs() {
      return trueMs;
    },
    get awakeMs() {
      return awakeMs;
    },
    get wallMs() {
      return setMs + trueMs;
    },
    get boot() {
      return boot;
    },
    get disturbedAt() {
      return disturbedAt;
    },
    moment: () => ({
      wall: new Date(setMs + trueMs),
      boot: `boot-${boot}`,
      upSeconds: (trueMs - bootedAtMs) / 1000,
    }),
    clockOf: (owner) => ({
      now: () => new Date(setMs + trueMs),
      elapsedMs: () => awakeMs,
      sleep: (ms, signal) => sleep(owner, ms, signal),
    }),
    after,
    drop(owner) {
      due = due.filter((one) => one.owner !== owner);
      // What was asked for before may yet be done, and there is nobody left to be answered.
      if (owner !== 'machine') gone.add(owner);
    },
    jump(seconds) {
      setMs += seconds * 1000;
      disturbedAt = awakeMs;
    },
    suspend(seconds) {
      trueMs += seconds * 1000;
      disturbedAt = awakeMs;
    },
    reboot() {
      boot++;
      bootedAtMs = trueMs;
    },
    async pass(ms, look) {
      const end = awakeMs + ms;
      await settled();
      for (let next = due[0]; next !== undefined && next.at <= end; next = due[0]) {
        due.shift();
        goOnTo(Math.max(awakeMs, next.at));
        next.act();
        await settled();
        look();
        if (++events > MOST_EVENTS)
          throw new Error(`more than ${MOST_EVENTS} events: something goes round in circles`);
      }
      goOnTo(Math.max(awakeMs, end));
    },
  };
}

/** Lets all that is ready be done: nothing here waits for anything but promises. */
function settled(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
