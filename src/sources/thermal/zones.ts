import type { ThermalZoneReading, TripReading } from '../../domain/thermal.ts';
import type { SlowFiles } from '../../host/slow-files.ts';
import { createErrorCounts } from './error-counts.ts';
import { numbersOf, parseCelsius, parseWord } from './parse.ts';
import { createRefreshed } from './refreshed.ts';

/** What hardly changes about a zone. */
type ZoneFacts = Omit<ThermalZoneReading, 'celsius' | 'readErrors'>;

/** Reads zones. */
export interface ZoneReader {
  /** The zones of these numbers, in this order. */
  read(numbers: readonly string[]): Promise<readonly ThermalZoneReading[]>;
}

/**
 * Gives a reader of the zones in a folder; types, modes and trip points are read once a minute.
 *
 * Each file is read on its own: one that fails or hangs costs one value, and only `temp` is counted.
 */
export function createZoneReader(folder: string, files: SlowFiles, elapsedMs: () => number): ZoneReader {
  const errors = createErrorCounts();
  let facts: ReadonlyMap<string, () => Promise<ZoneFacts>> = new Map();

  async function readZone(known: ZoneFacts): Promise<ThermalZoneReading> {
    const temperature = await files.readText(`${folder}/thermal_zone${known.zone}/temp`);
    const celsius = parseCelsius(errors.textOf(known.zone, temperature));
    return { ...known, celsius, readErrors: errors.of(known.zone) };
  }

  return {
    async read(numbers) {
      errors.keep(new Set(numbers));
      const known = facts;
      const createFacts = (zone: string) => {
        let last: ZoneFacts = { zone, type: '', mode: '', policy: '', trips: [] };
        return createRefreshed(async () => {
          last = await readFacts(`${folder}/thermal_zone${zone}`, last, files);
          return last;
        }, elapsedMs);
      };
      facts = new Map(numbers.map((zone) => [zone, known.get(zone) ?? createFacts(zone)]));
      // First what cannot hang: temperatures that do may leave no place for anything else.
      const told = await Promise.all([...facts.values()].map((factsOf) => factsOf()));
      return await Promise.all(told.map(readZone));
    },
  };
}

/** What cannot be read now is as it was: the name of a series must not change because another sensor hangs. */
async function readFacts(folder: string, before: ZoneFacts, files: SlowFiles): Promise<ZoneFacts> {
  const word = async (name: 'type' | 'mode' | 'policy') =>
    parseWord((await textOf(files, `${folder}/${name}`)) ?? before[name]);
  const [type, mode, policy, trips] = await Promise.all([
    word('type'),
    word('mode'),
    word('policy'),
    readTrips(folder, before.trips, files),
  ]);
  return { zone: before.zone, type, mode, policy, trips };
}

/** Trip points that are in use: firmware says 0, or less, for one that it does not want. */
async function readTrips(
  folder: string,
  before: readonly TripReading[],
  files: SlowFiles,
): Promise<readonly TripReading[]> {
  const listed = await files.list(folder);
  if ('error' in listed && listed.error === 'timeout') return before;
  const names = 'value' in listed ? listed.value : [];
  const numbers = numbersOf(
    'trip_point_',
    names.filter((name) => name.endsWith('_temp')).map((name) => name.slice(0, -'_temp'.length)),
  );
  const trips = numbers.map(async (trip): Promise<readonly TripReading[]> => {
    const [temperature, type] = await Promise.all([
      textOf(files, `${folder}/trip_point_${trip}_temp`),
      textOf(files, `${folder}/trip_point_${trip}_type`),
    ]);
    const celsius = parseCelsius(temperature);
    return celsius === undefined || celsius <= 0 ? [] : [{ trip, type: parseWord(type), celsius }];
  });
  return (await Promise.all(trips)).flat();
}

async function textOf(files: SlowFiles, path: string): Promise<string | undefined> {
  const outcome = await files.readText(path);
  return 'value' in outcome ? outcome.value : undefined;
}
