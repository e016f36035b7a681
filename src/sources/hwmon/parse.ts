import { parseNatural } from '../thermal/parse.ts';

/** A file of a chip that holds what a sensor measures. */
export interface SensorName {
  /** As in `temp1`. */
  readonly sensor: string;
  readonly quantity: 'temperature' | 'fan';
}

const INPUT = /^((temp|fan)(\d+))_input$/;

/** The sensors for heat and fans among the files of a chip, in the order of their numbers. */
export function sensorsOf(names: readonly string[]): readonly SensorName[] {
  const found = names.flatMap((name) => {
    const [, sensor, kind, number] = INPUT.exec(name) ?? [];
    return sensor === undefined ? [] : [{ sensor, kind, number: Number(number) }];
  });
  found.sort((a, b) => (a.kind === b.kind ? a.number - b.number : a.kind === 'temp' ? -1 : 1));
  return found.map(({ sensor, kind }) => ({ sensor, quantity: kind === 'temp' ? 'temperature' : 'fan' }));
}

/** Revolutions a minute of a `fanN_input`. */
export function parseRpm(text: string | undefined): number | undefined {
  return parseNatural(text);
}

/** The end of a place in sysfs, as in `/sys/devices/pci0000:00/0000:00:18.3`. */
export function tailOf(path: string | undefined): string | undefined {
  return path?.slice(path.lastIndexOf('/') + 1);
}
