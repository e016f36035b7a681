import type { CoolingDeviceReading } from '../../domain/thermal.ts';
import type { SlowFiles } from '../../host/slow/slow-files.ts';
import { createErrorCounts, type ErrorCounts } from './error-counts.ts';
import { parseNatural, parseWord } from './parse.ts';
import { createRefreshed } from './refreshed.ts';

type CoolingFacts = Omit<CoolingDeviceReading, 'state' | 'readErrors'>;

/** A device that was seen: how to read it, and what failed so far. */
interface SeenDevice {
  readonly errors: ErrorCounts;
  readonly facts: (files: SlowFiles) => Promise<CoolingFacts>;
}

/**
 * Gives a reader of the cooling devices of these numbers in a folder; types and highest states are read once a minute.
 *
 * Some drivers answer EINVAL until they have been set for the first time: there is no state then.
 */
export function createCoolingReader(
  folder: string,
  elapsedMs: () => number,
): (numbers: readonly string[], files: SlowFiles) => Promise<readonly CoolingDeviceReading[]> {
  let seen: ReadonlyMap<string, SeenDevice> = new Map();

  async function textOf(device: string, name: string, files: SlowFiles, errors: ErrorCounts) {
    return errors.textOf(name, await files.readText(`${folder}/cooling_device${device}/${name}`));
  }

  function createSeen(device: string): SeenDevice {
    const errors = createErrorCounts();
    let last = '';
    const facts = createRefreshed(async (files: SlowFiles) => {
      const [type, highest] = await Promise.all([
        textOf(device, 'type', files, errors),
        textOf(device, 'max_state', files, errors),
      ]);
      // As it was, if it cannot be read now: the name of a series must not change for that.
      last = parseWord(type ?? last);
      return { device, type: last, maxState: parseNatural(highest) };
    }, elapsedMs);
    return { errors, facts };
  }

  return async (numbers, files) => {
    const before = seen;
    seen = new Map(numbers.map((device) => [device, before.get(device) ?? createSeen(device)]));
    return await Promise.all(
      [...seen].map(async ([device, { facts, errors }]) => {
        const [own, state] = await Promise.all([facts(files), textOf(device, 'cur_state', files, errors)]);
        return { ...own, state: parseNatural(state), readErrors: errors.all() };
      }),
    );
  };
}
