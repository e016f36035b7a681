import { messageOf } from '../../domain/errors.ts';
import type { createGate } from '../../domain/gate.ts';
import { type Outcome, UNASKED } from './outcome.ts';

/** Something that has been asked and has not answered in time. */
export interface HungRead {
  readonly path: string;
  /** Since it was asked. */
  readonly seconds: number;
}

/** Asks devices that may hang. */
export interface DeviceTurns {
  /** Never rejects. Waits for a place until the signal says so, and for some seconds at most. */
  ask<T>(path: string, device: string, work: () => Promise<T>, signal?: AbortSignal): Promise<Outcome<T>>;
  /** What hangs now, each in a place of its own. */
  hung(): readonly HungRead[];
}

/** How long to wait: for an answer, and before it for a place. */
export interface Patience {
  readonly answerMs: number;
  readonly placeMs: number;
}

/** One question. */
interface Turn {
  readonly path: string;
  /** How often it was left out for want of time, one time after the other. */
  readonly missed: number;
  /** The first outcome counts. */
  readonly settle: (outcome: { readonly error: string }) => void;
  /** Asks; resolves once there is an answer, however late. */
  readonly begin: () => Promise<void>;
}

/** A device that is asked, or is to be. */
interface Device {
  waiting: Turn[];
  asked: { readonly turn: Turn; readonly sinceMs: number; hangs: boolean } | undefined;
  /** Whether it waits for a place. */
  requested: boolean;
}

const TIMEOUT = { error: 'timeout' };
const LEFT_OUT = { error: UNASKED };

/**
 * Gives a way to ask devices, one question at a time each, so many at once as there are places.
 *
 * Time for an answer counts from when there was a place: waiting accuses nobody. A device that hangs is asked
 * nothing more until it has answered, and keeps its place so long. Once all places are kept so, nobody waits.
 */
export function createDeviceTurns(
  places: ReturnType<typeof createGate>,
  { answerMs, placeMs }: Patience,
): DeviceTurns {
  const devices = new Map<string, Device>();
  const asked = new Set<NonNullable<Device['asked']>>();
  const missed = new Map<string, number>();
  let requests = 0;

  /** Whether somebody waits for a place, and no place will come free. */
  const isStuck = () => requests > 0 && asked.size > 0 && [...asked].every(({ hangs }) => hangs);

  function leaveAllOut(): void {
    for (const device of devices.values()) settleAll(device, () => LEFT_OUT);
  }

  function onLimit(device: Device, one: NonNullable<Device['asked']>): void {
    one.hangs = true;
    one.turn.settle(TIMEOUT);
    settleAll(device, ({ path }) => (path === one.turn.path ? TIMEOUT : LEFT_OUT));
    if (isStuck()) leaveAllOut();
  }

  async function askNext(device: Device): Promise<void> {
    const turn = takeNext(device);
    if (turn === undefined) return;
    missed.delete(turn.path);
    const one = { turn, sinceMs: performance.now(), hangs: false };
    device.asked = one;
    asked.add(one);
    const timer = setTimeout(() => onLimit(device, one), answerMs);
    await turn.begin();
    clearTimeout(timer);
    one.hangs = false;
  }

  /** One request a device: those that were left out keep its turn for it. */
  function requestPlace(name: string, device: Device): void {
    device.requested = true;
    requests += 1;
    const work = async () => {
      requests -= 1;
      device.requested = false;
      await askNext(device);
    };
    // Only once the place has gone to the next one: until then it may not look as if none came free.
    void places(work).then(() => {
      if (device.asked !== undefined) asked.delete(device.asked);
      device.asked = undefined;
      if (device.waiting.length > 0) requestPlace(name, device);
      else devices.delete(name);
    });
  }

  function enter(name: string, turn: Turn): void {
    const device = devices.get(name) ?? { waiting: [], asked: undefined, requested: false };
    devices.set(name, device);
    device.waiting.push(turn);
    if (device.asked === undefined && !device.requested) requestPlace(name, device);
    if (isStuck()) leaveAllOut();
  }

  function giveUp(name: string, turn: Turn): void {
    const device = devices.get(name);
    if (device?.waiting.includes(turn)) {
      device.waiting = device.waiting.filter((one) => one !== turn);
      missed.set(turn.path, turn.missed + 1);
    }
    turn.settle(LEFT_OUT);
  }

  return {
    async ask<T>(path: string, name: string, work: () => Promise<T>, signal?: AbortSignal) {
      const one = devices.get(name)?.asked;
      if (one?.hangs) return one.turn.path === path ? TIMEOUT : LEFT_OUT;
      if (isStuck() || signal?.aborted) return LEFT_OUT;
      return await new Promise<Outcome<T>>((resolve) => {
        let waits = true;
        let timer: NodeJS.Timeout | undefined;
        const settle = (outcome: Outcome<T>) => {
          waits = false;
          clearTimeout(timer);
          signal?.removeEventListener('abort', leave);
          resolve(outcome);
        };
        const begin = async () => {
          waits = false;
          clearTimeout(timer);
          settle(await outcomeOf(work));
        };
        const turn: Turn = { path, missed: missed.get(path) ?? 0, settle, begin };
        const leave = () => giveUp(name, turn);
        signal?.addEventListener('abort', leave, { once: true });
        enter(name, turn);
        if (waits) timer = setTimeout(leave, placeMs);
      });
    },
    hung: () => {
      const now = performance.now();
      const all = [...asked].filter(({ hangs }) => hangs);
      return all.map(({ turn, sinceMs }) => ({ path: turn.path, seconds: (now - sinceMs) / 1000 }));
    },
  };
}

/** Takes what has waited in vain most often, and of those the one that came first. */
function takeNext(device: Device): Turn | undefined {
  const { waiting } = device;
  const [first, ...others] = waiting;
  const next = others.reduce(
    (best, one) => (best !== undefined && best.missed >= one.missed ? best : one),
    first,
  );
  device.waiting = waiting.filter((one) => one !== next);
  return next;
}

function settleAll(device: Device, outcomeFor: (turn: Turn) => { readonly error: string }): void {
  const turns = device.waiting;
  device.waiting = [];
  for (const turn of turns) turn.settle(outcomeFor(turn));
}

async function outcomeOf<T>(work: () => Promise<T>): Promise<Outcome<T>> {
  try {
    return { value: await work() };
  } catch (thrown) {
    const code: unknown = Reflect.get(Object(thrown), 'code');
    return { error: typeof code === 'string' ? code : messageOf(thrown) };
  }
}
