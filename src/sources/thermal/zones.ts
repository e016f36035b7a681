import type { ThermalZoneReading, TripReading } from '../../domain/thermal.ts';
import { isUnanswered, type Outcome } from '../../host/slow/outcome.ts';
import type { SlowFiles } from '../../host/slow/slow-files.ts';
import { createErrorCounts, type ErrorCounts } from './error-counts.ts';
import { numbersOf, parseCelsius, parseWord } from './parse.ts';
import { createRefreshed } from './refreshed.ts';

/** What hardly changes about a zone. */
type ZoneFacts = Omit<ThermalZoneReading, 'celsius' | 'readErrors'>;

/** A zone that was seen: how to read it, and what failed so far. */
interface SeenZone {
  readonly errors: ErrorCounts;
  readonly facts: (files: SlowFiles) => Promise<ZoneFacts>;
}

/** The files of one zone. */
interface ZoneFiles {
  readonly folder: string;
  readonly files: SlowFiles;
  /** Reads one; if it fails, that has been counted. */
  read(name: string): Promise<Outcome<string>>;
}

/**
 * Gives a reader of the zones of these numbers in a folder; types, modes and trip points are read once a minute.
 *
 * Each file is read on its own: one that fails costs one value, and is counted.
 */
export function createZoneReader(
  folder: string,
  elapsedMs: () => number,
): (numbers: readonly string[], files: SlowFiles) => Promise<readonly ThermalZoneReading[]> {
  let seen: ReadonlyMap<string, SeenZone> = new Map();

  function filesOf(zone: string, files: SlowFiles, errors: ErrorCounts): ZoneFiles {
    const own = `${folder}/thermal_zone${zone}`;
    const read = async (name: string) => {
      const outcome = await files.readText(`${own}/${name}`);
      errors.textOf(name, outcome);
      return outcome;
    };
    return { folder: own, files, read };
  }

  function createSeen(zone: string): SeenZone {
    const errors = createErrorCounts();
    let last: ZoneFacts = { zone, type: '', mode: '', policy: '', trips: [] };
    const facts = createRefreshed(async (files: SlowFiles) => {
      last = await readFacts(filesOf(zone, files, errors), last);
      return last;
    }, elapsedMs);
    return { errors, facts };
  }

  async function readZone(known: ZoneFacts, errors: ErrorCounts, files: SlowFiles) {
    const celsius = parseCelsius(textIn(await filesOf(known.zone, files, errors).read('temp')));
    return { ...known, celsius, readErrors: errors.all() };
  }

  return async (numbers, files) => {
    const before = seen;
    seen = new Map(numbers.map((zone) => [zone, before.get(zone) ?? createSeen(zone)]));
    // First what hardly hangs: temperatures that do may leave no place for anything else.
    const told = await Promise.all(
      [...seen.values()].map(async ({ facts, errors }) => ({ known: await facts(files), errors })),
    );
    return await Promise.all(told.map(({ known, errors }) => readZone(known, errors, files)));
  };
}

/** What cannot be read now is as it was: the name of a series must not change because a sensor hangs. */
async function readFacts(zone: ZoneFiles, before: ZoneFacts): Promise<ZoneFacts> {
  const word = async (name: 'type' | 'mode' | 'policy') =>
    parseWord(textIn(await zone.read(name)) ?? before[name]);
  const [type, mode, policy, trips] = await Promise.all([
    word('type'),
    word('mode'),
    word('policy'),
    readTrips(zone, before.trips),
  ]);
  return { zone: before.zone, type, mode, policy, trips };
}

async function readTrips(zone: ZoneFiles, before: readonly TripReading[]): Promise<readonly TripReading[]> {
  const listed = await zone.files.list(zone.folder);
  if (isUnanswered(listed)) return before;
  const names = 'value' in listed ? listed.value : [];
  const numbers = numbersOf(
    'trip_point_',
    names.filter((name) => name.endsWith('_temp')).map((name) => name.slice(0, -'_temp'.length)),
  );
  return (await Promise.all(numbers.map((trip) => readTrip(zone, trip, before)))).flat();
}

/** A trip point, if it is in use: firmware says 0, or less, for one that it does not want. */
async function readTrip(
  zone: ZoneFiles,
  trip: string,
  before: readonly TripReading[],
): Promise<readonly TripReading[]> {
  const [temperature, type] = await Promise.all([
    zone.read(`trip_point_${trip}_temp`),
    zone.read(`trip_point_${trip}_type`),
  ]);
  const last = before.find((one) => one.trip === trip);
  const celsius = isUnanswered(temperature) ? last?.celsius : parseCelsius(textIn(temperature));
  if (celsius === undefined || celsius <= 0) return [];
  return [{ trip, type: parseWord(textIn(type) ?? last?.type), celsius }];
}

function textIn(outcome: Outcome<string>): string | undefined {
  return 'value' in outcome ? outcome.value : undefined;
}
