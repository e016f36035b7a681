/** What nvidia-smi prints instead of a value, in lower case and without the brackets of some versions. */
const NULL_LIKE = new Set([
  '',
  'n/a',
  'none',
  'err!',
  'not found',
  'not supported',
  'not available',
  'unknown error',
  'gpu is lost',
  'gpu requires reset',
  'insufficient permissions',
  'requested functionality has been deprecated',
]);

/** Whether the driver says by this text that it has no value. */
export function isNullLike(text: string): boolean {
  return NULL_LIKE.has(bare(text));
}

/** Whether the driver says by this text that it has lost the GPU. */
export function isLost(text: string): boolean {
  return bare(text) === 'gpu is lost';
}

/** Whether the driver says by this text that the GPU has to be reset. */
export function isResetRequired(text: string): boolean {
  return bare(text) === 'gpu requires reset';
}

function bare(text: string): string {
  return text
    .trim()
    .replace(/^\[(.*)\]$/s, '$1')
    .toLowerCase();
}

/** From the text of a value to the value in base units; undefined if it is not of that form. */
export type ParseValue<T> = (text: string) => T | undefined;

export const parseBytes = quantity('MiB', (mebibytes) => mebibytes * 1024 * 1024);
export const parseWatts = quantity('W', (watts) => watts);
export const parseHertz = quantity('MHz', (megahertz) => megahertz * 1_000_000);
export const parseCelsius = quantity('C', (celsius) => celsius);
/** 0 to 1, of a percentage. */
export const parseRatio = quantity('%', (percent) => percent / 100);
export const parseBytesPerSecond = quantity('KB/s', (kilobytes) => kilobytes * 1000);
export const parseSeconds = quantity('us', (microseconds) => microseconds / 1_000_000);
/** Lanes of a PCIe link, as in `16x`. */
export const parseLanes = quantity('x', (lanes) => lanes);

/** A number without a unit and a sign. */
export function parseCount(text: string): number | undefined {
  return /^\d{1,15}$/.test(text) ? Number(text) : undefined;
}

/** 0 to 15, of `P0` to `P15`. */
export function parsePerformanceState(text: string): number | undefined {
  const state = /^P(\d|1[0-5])$/.exec(text)?.[1];
  return state === undefined ? undefined : Number(state);
}

/** Of `Yes` and `No`. */
export const parseYes = oneOf(
  new Map([
    ['yes', true],
    ['no', false],
  ] as const),
);

/** Of `Active` and `Not Active`. */
export const parseActive = oneOf(
  new Map([
    ['active', true],
    ['not active', false],
  ] as const),
);

/** 0 none, 1 reset the GPU, 2 reboot, 3 drain peers, 4 drain and reset. */
export const parseRecoveryAction = oneOf(
  new Map([
    ['none', 0],
    ['reset', 1],
    ['gpu reset', 1],
    ['reboot', 2],
    ['node reboot', 2],
    ['drain p2p', 3],
    ['drain and reset', 4],
  ]),
);

function oneOf<T>(meanings: ReadonlyMap<string, T>): ParseValue<T> {
  return (text) => meanings.get(text.toLowerCase());
}

/** Fifteen digits are what a number holds exactly; a driver that prints more has printed no measurement. */
const NUMBER_AND_UNIT = /^(-?\d{1,15}(?:\.\d{1,6})?) ?(\D{0,8})$/;

function quantity(unit: string, toBase: (value: number) => number): ParseValue<number> {
  return (text) => {
    const [, digits, found] = NUMBER_AND_UNIT.exec(text) ?? [];
    return digits !== undefined && found === unit ? toBase(Number(digits)) : undefined;
  };
}
