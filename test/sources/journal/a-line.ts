const ROW = '5210c8f1d32446f0bdd962f947f791da';
const BOOT = 'cd4b051fb5564ca98b61d05c7b369810';

/** A cursor; `number` is that of the message, as journald counts them. */
export function cursorOf(number: number, { row = ROW, identity = number } = {}): string {
  const hex = identity.toString(16);
  return `s=${row};i=${number.toString(16)};b=${BOOT};m=${hex};t=${hex};x=${hex}`;
}

/** Another row of numbers. */
export const OTHER_ROW = '00000000000000000000000000000001';

/** A line of journalctl, as of systemd 252. */
export function lineOf(number: number, fields: Readonly<Record<string, unknown>> = {}): string {
  return JSON.stringify({
    __CURSOR: cursorOf(number),
    __REALTIME_TIMESTAMP: String((1700 + number) * 1e6),
    __MONOTONIC_TIMESTAMP: '33824455229',
    _BOOT_ID: BOOT,
    MESSAGE: `message ${number}`,
    PRIORITY: '6',
    _SYSTEMD_UNIT: 'a.service',
    ...fields,
  });
}
