import type { GpuIdentity, GpuUnitReading } from '../../domain/gpu.ts';
import { placeOf, type UnitOf } from '../processes/gpu-units.ts';
import type { ProcessUnit } from '../processes/unit-of-cgroup.ts';
import { clientMemory, type DrmClient } from './fdinfo.ts';
import type { DrmUse } from './processes.ts';

/** Sums up what units use of GPUs, from scan to scan. */
export interface UnitUsage {
  /**
   * What each unit uses now, and has used since the first scan.
   *
   * `gpus` are those that are wanted; `elapsedMs` is when the scan was made, on a clock that never jumps. Engine
   * seconds never fall: a client that ends leaves what it has used to its unit.
   */
  add(
    uses: readonly DrmUse[],
    gpus: readonly GpuIdentity[],
    unitOf: UnitOf,
    elapsedMs: number,
  ): readonly GpuUnitReading[];
}

/** A client as it was last seen. */
interface Seen {
  readonly client: DrmClient;
  readonly atMs: number;
}

/** What a unit has used of one GPU. */
interface Account {
  readonly reading: GpuUnitReading;
  /** When it had a client last. */
  readonly usedAtMs: number;
}

/** A client that is missing from a scan may only have been passed over, and must not be counted anew then. */
const KEEP_CLIENT_MS = 10 * 60_000;

/** Units that have long used no GPU are forgotten, as are sessions and containers that have ended. */
const KEEP_UNIT_MS = 60 * 60_000;

/** Most units that are told of, those that used a GPU last. */
const MAX_UNITS = 500;

/** Gives sums that start at zero. */
export function createUnitUsage(): UnitUsage {
  const clients = new Map<string, Seen>();
  let accounts: ReadonlyMap<string, Account> = new Map();

  /** What a client has used since it was last seen; all that it ever has at first sight. */
  function usedSince(key: string, client: DrmClient, atMs: number): Readonly<Record<string, number>> {
    const before = clients.get(key);
    clients.set(key, { client, atMs });
    return usedBetween(before, { client, atMs });
  }

  function forget(now: number): void {
    for (const [key, { atMs }] of clients) if (now - atMs > KEEP_CLIENT_MS) clients.delete(key);
  }

  return {
    add(uses, gpus, unitOf, now) {
      const tallies = tallied(uses, gpus, unitOf, (key, client) => usedSince(key, client, now));
      forget(now);
      accounts = settled(accounts, tallies, new Map(gpus.map((gpu) => [gpu.pciBusId, gpu])), now);
      return [...accounts.values()].map(({ reading }) => reading);
    },
  };
}

/** What one unit uses of one GPU in one scan. */
interface Tally {
  readonly gpu: GpuIdentity;
  readonly unit: string;
  readonly user: string | undefined;
  readonly container: string | undefined;
  readonly pids: Set<number>;
  memoryBytes: number | undefined;
  readonly engineSeconds: Map<string, number>;
}

/** Files that were passed on or duplicated are the same client: it is counted once, for whoever comes first. */
function tallied(
  uses: readonly DrmUse[],
  gpus: readonly GpuIdentity[],
  unitOf: UnitOf,
  usedSince: (key: string, client: DrmClient) => Readonly<Record<string, number>>,
): ReadonlyMap<string, Tally> {
  const byAddress = new Map(gpus.map((gpu) => [gpu.pciBusId, gpu]));
  const tallies = new Map<string, Tally>();
  const counted = new Set<string>();
  for (const { pid, client } of uses) {
    const gpu = client.pdev === '' ? undefined : byAddress.get(client.pdev);
    const owner = gpu && placeOf(pid, unitOf);
    // A process that has ended meanwhile leaves its client to be found in the next scan, or gone.
    if (gpu === undefined || owner === undefined) continue;
    const key = `${client.pdev}/${owner.user ?? ''}/${owner.unit}/${owner.container ?? ''}`;
    const tally = tallies.get(key) ?? emptyTally(gpu, owner);
    tallies.set(key, tally);
    tally.pids.add(pid);
    const clientKey = `${client.pdev}/${client.clientId}`;
    if (counted.has(clientKey)) continue;
    counted.add(clientKey);
    put(tally, client, usedSince(clientKey, client));
  }
  return tallies;
}

function emptyTally(gpu: GpuIdentity, { unit, user, container }: ProcessUnit): Tally {
  return { gpu, unit, user, container, pids: new Set(), memoryBytes: undefined, engineSeconds: new Map() };
}

function put(tally: Tally, client: DrmClient, used: Readonly<Record<string, number>>): void {
  const bytes = clientMemory(client);
  if (bytes !== undefined) tally.memoryBytes = (tally.memoryBytes ?? 0) + bytes;
  for (const [engine, seconds] of Object.entries(used)) {
    tally.engineSeconds.set(engine, (tally.engineSeconds.get(engine) ?? 0) + seconds);
  }
}

/**
 * Seconds by engine between two looks at one client.
 *
 * Cycles have no known length: what share of them was busy is taken of the time between the looks, so there is none
 * at first sight.
 */
function usedBetween(before: Seen | undefined, now: Seen): Readonly<Record<string, number>> {
  const used: [string, number][] = [];
  for (const [engine, seconds] of Object.entries(now.client.engineSeconds)) {
    used.push([engine, Math.max(0, seconds - (before?.client.engineSeconds[engine] ?? 0))]);
  }
  for (const [engine, cycles] of Object.entries(now.client.engineCycles)) {
    const last = before?.client.engineCycles[engine];
    const busy = last === undefined ? 0 : Math.max(0, cycles.busy - last.busy);
    const total = last === undefined ? 0 : cycles.total - last.total;
    const elapsed = (now.atMs - (before?.atMs ?? now.atMs)) / 1000;
    used.push([engine, total > 0 ? (busy / total) * elapsed : 0]);
  }
  return Object.fromEntries(used);
}

/** Accounts after a scan; one of which nothing has changed keeps its reading. */
function settled(
  before: ReadonlyMap<string, Account>,
  tallies: ReadonlyMap<string, Tally>,
  gpus: ReadonlyMap<string, GpuIdentity>,
  now: number,
): ReadonlyMap<string, Account> {
  const idle = [...before].flatMap(([key, account]): (readonly [string, Account, GpuIdentity])[] => {
    const gpu = gpus.get(account.reading.pciBusId);
    // A GPU that has gone has no users; should it come back, it counts anew, as its driver does.
    const isKept = gpu !== undefined && !tallies.has(key) && now - account.usedAtMs <= KEEP_UNIT_MS;
    return isKept ? [[key, account, gpu]] : [];
  });
  const all: [string, Account][] = [
    ...[...tallies].map(([key, tally]): [string, Account] => [
      key,
      { reading: readingOf(before.get(key)?.reading, tally), usedAtMs: now },
    ]),
    ...idle.map(([key, account, gpu]): [string, Account] => [
      key,
      { ...account, reading: atRest(named(account.reading, gpu)) },
    ]),
  ];
  all.sort(([, one], [, other]) => other.usedAtMs - one.usedAtMs);
  return new Map(all.slice(0, MAX_UNITS));
}

function readingOf(before: GpuUnitReading | undefined, tally: Tally): GpuUnitReading {
  const { gpu, unit, user, container, pids, memoryBytes } = tally;
  const engineSeconds = { ...before?.engineSeconds };
  let changed =
    before === undefined ||
    before !== named(before, gpu) ||
    before.processes !== pids.size ||
    before.memoryBytes !== memoryBytes;
  for (const [engine, seconds] of tally.engineSeconds) {
    changed ||= seconds > 0 || engineSeconds[engine] === undefined;
    engineSeconds[engine] = (engineSeconds[engine] ?? 0) + seconds;
  }
  if (before !== undefined && !changed) return before;
  const identity = { gpu: gpu.gpu, uuid: gpu.uuid, vendor: gpu.vendor, pciBusId: gpu.pciBusId };
  return { ...identity, unit, user, container, processes: pids.size, memoryBytes, engineSeconds };
}

/** A driver that was loaded anew may have given its GPUs other numbers. */
function named(reading: GpuUnitReading, { gpu, uuid }: GpuIdentity): GpuUnitReading {
  return reading.gpu === gpu && reading.uuid === uuid ? reading : { ...reading, gpu, uuid };
}

/** A unit that has no client now, and has used what it has. */
function atRest(reading: GpuUnitReading): GpuUnitReading {
  if (reading.processes === 0) return reading;
  return { ...reading, processes: 0, memoryBytes: undefined };
}
