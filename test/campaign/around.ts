import type { AlertState, Circumstances, Known, Pause } from '../../src/domain/circumstances.ts';
import type { WorldTime } from './time.ts';

/** What can be the matter on the machine beside its units. */
export const MATTERS = [
  'unknown',
  'xid',
  'heat',
  'silenced',
  'gone',
  'alertmanager-away',
  'probe-fails',
  'probe-unknown',
] as const;

/** One of them. */
export type Matter = (typeof MATTERS)[number];

/** What is around the units of the machine. */
export interface Around {
  /** Since when something is the matter, on `awakeMs`; undefined: it is not. */
  since(matter: Matter): number | undefined;
  /** When something was last the matter, on `awakeMs`. */
  lastAt(matter: Matter): number;
  set(matter: Matter, isOn: boolean): void;
  /** Since when fettle is paused, and until when by the wall clock. */
  readonly paused: { readonly since: number; readonly untilMs: number | undefined } | undefined;
  pause(seconds: number | undefined): void;
  resume(): void;
  readonly packagesAt:
    | { readonly trueMs: number; readonly boot: number; readonly awakeMs: number }
    | undefined;
  changePackages(): void;
  read(): Circumstances;
  readPause(): Known<Pause | undefined>;
  /** Everything is quiet. */
  calm(): void;
}

const NOT_KNOWN = { known: false, why: 'it could not be read' } as const;

/** Gives a quiet machine. */
export function createAround(time: WorldTime): Around {
  const since = new Map<Matter, number>();
  const ended = new Map<Matter, number>();
  let paused: (Pause & { readonly sinceMs: number }) | undefined;
  let packages:
    | { readonly at: Date; readonly trueMs: number; readonly boot: number; readonly awakeMs: number }
    | undefined;

  function known<T>(value: T): Known<T> {
    return since.has('unknown') ? NOT_KNOWN : { known: true, value };
  }

  function alertState(): Known<AlertState> {
    if (since.has('alertmanager-away')) return NOT_KNOWN;
    const isSilenced = since.has('silenced');
    const state = since.has('gone') ? 'gone' : isSilenced ? 'suppressed' : 'active';
    return known({ state, silencedBy: isSilenced ? ['s1'] : [], inhibitedBy: [] });
  }

  function readPause(): Known<Pause | undefined> {
    const until = paused?.until;
    const isOver = until !== undefined && until.getTime() <= time.wallMs;
    return known(isOver ? undefined : paused);
  }

  function end(matter: Matter): void {
    if (since.delete(matter)) ended.set(matter, time.awakeMs);
  }

  return {
    since: (matter) => since.get(matter),
    lastAt: (matter) => (since.has(matter) ? time.awakeMs : (ended.get(matter) ?? Number.NEGATIVE_INFINITY)),
    set(matter, isOn) {
      if (!isOn) end(matter);
      else if (!since.has(matter)) since.set(matter, time.awakeMs);
    },
    get paused() {
      return paused === undefined ? undefined : { since: paused.sinceMs, untilMs: paused.until?.getTime() };
    },
    pause(seconds) {
      const now = time.wallMs;
      const until = seconds === undefined ? undefined : new Date(now + seconds * 1000);
      paused = { since: new Date(now), until, reason: 'a test', by: 'me', sinceMs: time.awakeMs };
    },
    resume() {
      paused = undefined;
    },
    get packagesAt() {
      return packages;
    },
    changePackages() {
      const { trueMs, boot, awakeMs } = time;
      packages = { at: new Date(time.wallMs), trueMs, boot, awakeMs };
    },
    read: () => ({
      pause: readPause(),
      secondsSinceBoot: known(time.moment().upSeconds),
      packagesChangedAt: known(packages?.at),
      alert: alertState(),
      blockingXids: known(since.has('xid') ? [{ pciAddress: '0000:01:00.0', code: 79, asks: 'reboot' }] : []),
      hottestCelsius: known(since.has('heat') ? 99 : 60),
      quantities: new Map([['gpu_temperature_celsius', known(since.has('heat') ? 99 : 60)]]),
      probeSuccess: since.has('probe-unknown') ? NOT_KNOWN : known(!since.has('probe-fails')),
    }),
    readPause,
    calm() {
      for (const matter of MATTERS) end(matter);
      paused = undefined;
      packages = undefined;
    },
  };
}
