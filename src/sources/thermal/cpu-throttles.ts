import type { CpuThrottleCounts } from '../../domain/thermal.ts';
import { yieldTurn } from '../../host/clock.ts';
import { kernelFileIfReadable } from '../../host/files/files.ts';
import type { KeptFile, KeptFiles } from '../../host/files/kept-files.ts';
import { createLister } from '../../host/slow/lister.ts';
import type { SlowFiles } from '../../host/slow/slow-files.ts';
import { numbersOf, parseNatural, parseWord } from './parse.ts';
import { createRefreshed } from './refreshed.ts';

/** A processor with counts, and where it is. */
interface Cpu {
  readonly package: string;
  readonly core: string;
  /** Undefined if it has never told. */
  readonly coreCount: () => number | undefined;
  readonly packageCount: () => number | undefined;
}

/**
 * Gives a reader of how often processors were slowed down for heat; none where the processor does not count that.
 *
 * Each thread of a core, and each core of a package, counts the same events, so of those the highest is taken. The
 * files hold plain numbers of memory and never wait, so they are read at once, and kept open.
 */
export function createCpuThrottleReader(
  sysfs: string,
  kept: KeptFiles,
  elapsedMs: () => number,
): (files: SlowFiles) => Promise<CpuThrottleCounts> {
  const folder = `${sysfs}/devices/system/cpu`;
  const list = createLister(folder);
  let cpus: ReadonlyMap<string, Cpu> = new Map();
  const refresh = createRefreshed(async (files: SlowFiles) => {
    // That they cannot be listed costs new ones, and nothing else.
    const numbers = numbersOf('cpu', await list(files).catch(() => []));
    cpus = await withNew(cpus, numbers, folder, kept);
  }, elapsedMs);

  return async (files) => {
    await refresh(files);
    const cores = new Map<string, number>();
    const packages = new Map<string, number>();
    for (const cpu of cpus.values()) {
      raise(cores, `${cpu.package}/${cpu.core}`, cpu.coreCount());
      raise(packages, cpu.package, cpu.packageCount());
    }
    return {
      ...(cores.size === 0 ? {} : { core: sum(cores.values()) }),
      ...(packages.size === 0 ? {} : { package: sum(packages.values()) }),
    };
  };
}

/** Those that count. One that is offline now stays: what it has counted has happened. */
async function withNew(
  before: ReadonlyMap<string, Cpu>,
  numbers: readonly string[],
  folder: string,
  kept: KeptFiles,
): Promise<ReadonlyMap<string, Cpu>> {
  const found = new Map(before);
  for (const [index, number] of numbers.entries()) {
    if (index % CPUS_PER_TURN === CPUS_PER_TURN - 1) await yieldTurn();
    const cpu = found.get(number) ?? findCpu(`${folder}/cpu${number}`, number, kept);
    if (cpu !== undefined) found.set(number, cpu);
  }
  return found;
}

/** To find one takes some 60 us. */
const CPUS_PER_TURN = 32;

/** Undefined for a processor that is offline, or of a kind that does not count. */
function findCpu(folder: string, number: string, kept: KeptFiles): Cpu | undefined {
  const counts = `${folder}/thermal_throttle`;
  const coreCount = kept.file(`${counts}/core_throttle_count`);
  const packageCount = kept.file(`${counts}/package_throttle_count`);
  if (countIn(coreCount) === undefined && countIn(packageCount) === undefined) return undefined;
  return {
    package: parseWord(kernelFileIfReadable(`${folder}/topology/physical_package_id`)),
    core: parseWord(kernelFileIfReadable(`${folder}/topology/core_id`)) || `cpu${number}`,
    coreCount: neverFalling(coreCount),
    packageCount: neverFalling(packageCount),
  };
}

/** The last count while there is none to read, and what was counted before while the kernel has begun anew. */
function neverFalling(file: KeptFile): () => number | undefined {
  let before = 0;
  let last: number | undefined;
  return () => {
    const now = countIn(file);
    if (now !== undefined && last !== undefined && now < last) before += last;
    last = now ?? last;
    return last === undefined ? undefined : before + last;
  };
}

function countIn(file: KeptFile): number | undefined {
  try {
    return parseNatural(file.read());
  } catch {
    return undefined;
  }
}

function raise(highest: Map<string, number>, name: string, count: number | undefined): void {
  if (count !== undefined) highest.set(name, Math.max(count, highest.get(name) ?? 0));
}

function sum(counts: Iterable<number>): number {
  let total = 0;
  for (const count of counts) total += count;
  return total;
}
