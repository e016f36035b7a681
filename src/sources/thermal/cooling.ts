import type { CoolingDeviceReading } from '../../domain/thermal.ts';
import type { SlowFiles } from '../../host/slow-files.ts';
import { parseNatural, parseWord } from './parse.ts';
import { createRefreshed } from './refreshed.ts';

type CoolingFacts = Omit<CoolingDeviceReading, 'state'>;

/** Gives a reader of the cooling devices in a folder; types and highest states are read once a minute. */
export function createCoolingReader(
  folder: string,
  files: SlowFiles,
  elapsedMs: () => number,
): (numbers: readonly string[]) => Promise<readonly CoolingDeviceReading[]> {
  let facts: ReadonlyMap<string, () => Promise<CoolingFacts>> = new Map();

  async function textOf(device: string, name: string): Promise<string | undefined> {
    const outcome = await files.readText(`${folder}/cooling_device${device}/${name}`);
    // Some drivers answer EINVAL until they have been set for the first time: there is no state then.
    return 'value' in outcome ? outcome.value : undefined;
  }

  function createFacts(device: string): () => Promise<CoolingFacts> {
    let last = '';
    return createRefreshed(async () => {
      const [type, highest] = await Promise.all([textOf(device, 'type'), textOf(device, 'max_state')]);
      // As it was, if it cannot be read now: the name of a series must not change for that.
      last = parseWord(type ?? last);
      return { device, type: last, maxState: parseNatural(highest) };
    }, elapsedMs);
  }

  return async (numbers) => {
    const known = facts;
    facts = new Map(numbers.map((device) => [device, known.get(device) ?? createFacts(device)]));
    return await Promise.all(
      [...facts].map(async ([device, factsOf]) => {
        const [own, state] = await Promise.all([factsOf(), textOf(device, 'cur_state')]);
        return { ...own, state: parseNatural(state) };
      }),
    );
  };
}
