import type { JetsonRail } from '../../domain/jetson.ts';
import { isUnanswered, type Outcome } from '../../host/slow/outcome.ts';
import type { SlowFiles } from '../../host/slow/slow-files.ts';
import { type SysfsFolder, sysfsFolder, sysfsNames, upTo } from '../../host/slow/sysfs.ts';

/** An INA3221 has three; its `in4` to `in6` are the drops over the shunts, and `in7` their sum. */
const CHANNELS = [1, 2, 3];

/** The name of a channel that nothing is connected to. */
const NOT_CONNECTED = 'NC';

/**
 * What the board's INA3221 sensors measure; none where there are none.
 *
 * Rails are not added up: some feed others. Throws Failure `unreadable`. Source: the kernel's
 * Documentation/hwmon/ina3221.rst.
 */
export async function readRails(sysfs: string, files: SlowFiles): Promise<readonly JetsonRail[]> {
  const folder = `${sysfs}/class/hwmon`;
  const names = [...(await sysfsNames(files, folder))].sort();
  const chips = await Promise.all(names.map((name) => readChip(files, `${folder}/${name}`)));
  return withOwnNames(untilUnknown(chips).flat());
}

/** Undefined if it cannot be told now what its channels are called. */
async function readChip(files: SlowFiles, folder: string): Promise<readonly JetsonRail[] | undefined> {
  const chip = sysfsFolder(files, folder);
  const [name, ...labels] = await Promise.all(
    ['name', ...CHANNELS.map((channel) => `in${channel}_label`)].map((file) =>
      files.readText(`${folder}/${file}`),
    ),
  );
  if (name === undefined || isUnanswered(name)) return undefined;
  if (wordOf(name) !== 'ina3221') return [];
  if (labels.some(isUnanswered)) return undefined;
  const rails = CHANNELS.map((channel, index) => readRail(chip, channel, wordOf(labels[index])));
  return (await Promise.all(rails)).filter((rail) => rail !== undefined);
}

function wordOf(outcome: Outcome<string> | undefined): string {
  return outcome !== undefined && 'value' in outcome ? outcome.value.trim() : '';
}

/** Chips up to the first whose names are not known: later ones may have the same, and numbers behind them. */
function untilUnknown(
  chips: readonly (readonly JetsonRail[] | undefined)[],
): readonly (readonly JetsonRail[])[] {
  const known: (readonly JetsonRail[])[] = [];
  for (const rails of chips) {
    if (rails === undefined) return known;
    known.push(rails);
  }
  return known;
}

async function readRail(chip: SysfsFolder, channel: number, rail: string): Promise<JetsonRail | undefined> {
  if (rail === '' || rail === NOT_CONNECTED) return undefined;
  const [millivolts, milliamperes, alarm] = await Promise.all([
    chip.number(`in${channel}_input`),
    chip.number(`curr${channel}_input`),
    readAlarm(chip, channel),
  ]);
  const isWhole = millivolts !== undefined && milliamperes !== undefined;
  return {
    rail,
    volts: millivolts === undefined ? undefined : millivolts / 1000,
    amperes: milliamperes === undefined ? undefined : milliamperes / 1000,
    watts: isWhole ? (millivolts * milliamperes) / 1e6 : undefined,
    alarm,
  };
}

/** Of two alarms, either counts; one that cannot be read says nothing. */
async function readAlarm(chip: SysfsFolder, channel: number): Promise<boolean | undefined> {
  const alarms = await Promise.all([
    chip.number(`curr${channel}_max_alarm`),
    chip.number(`curr${channel}_crit_alarm`),
  ]);
  const known = alarms.map((alarm) => upTo(1, alarm)).filter((alarm) => alarm !== undefined);
  return known.length === 0 ? undefined : known.includes(1);
}

/** Boards with several sensors may name two channels the same: later ones have a number behind theirs. */
function withOwnNames(rails: readonly JetsonRail[]): readonly JetsonRail[] {
  const taken = new Set<string>();
  return rails.map((one) => {
    let rail = one.rail;
    for (let number = 2; taken.has(rail); number += 1) rail = `${one.rail} ${number}`;
    taken.add(rail);
    return { ...one, rail };
  });
}
