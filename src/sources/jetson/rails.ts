import type { JetsonRail } from '../../domain/jetson.ts';
import type { SlowFiles } from '../../host/slow-files.ts';
import { type SysfsFolder, sysfsFolder, sysfsNames, upTo } from '../../host/sysfs.ts';

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
  const chips = await Promise.all(names.map((name) => readChip(sysfsFolder(files, `${folder}/${name}`))));
  return withOwnNames(chips.flat());
}

async function readChip(chip: SysfsFolder): Promise<readonly JetsonRail[]> {
  if ((await chip.text('name')) !== 'ina3221') return [];
  const rails = await Promise.all(CHANNELS.map((channel) => readRail(chip, channel)));
  return rails.filter((rail) => rail !== undefined);
}

async function readRail(chip: SysfsFolder, channel: number): Promise<JetsonRail | undefined> {
  const rail = await chip.text(`in${channel}_label`);
  if (rail === undefined || rail === '' || rail === NOT_CONNECTED) return undefined;
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
