const MINUTE = 60;
const HOUR = 3600;
const DAY = 86_400;
const YEAR = 365 * DAY;

/** A length of time in at most two units, rounded down: `12s`, `3h 4m`, `12d 4h`, `1y 20d`. */
export function formatDuration(seconds: number): string {
  if (seconds < MINUTE) return `${Math.floor(Math.max(0, seconds))}s`;
  if (seconds < HOUR) return twoUnits(seconds, MINUTE, 'm', 1, 's');
  if (seconds < DAY) return twoUnits(seconds, HOUR, 'h', MINUTE, 'm');
  return seconds < YEAR ? twoUnits(seconds, DAY, 'd', HOUR, 'h') : twoUnits(seconds, YEAR, 'y', DAY, 'd');
}

function twoUnits(seconds: number, large: number, largeName: string, small: number, name: string): string {
  const rest = Math.floor((seconds % large) / small);
  const whole = `${Math.floor(seconds / large)}${largeName}`;
  return rest === 0 ? whole : `${whole} ${rest}${name}`;
}

/** A time of computing, finer below a minute: `420ms`, `12.3s`, `3h 4m`. */
export function formatCpuTime(seconds: number): string {
  if (seconds < 1) return `${Math.floor(Math.max(0, seconds) * 1000)}ms`;
  return seconds < MINUTE ? `${(Math.floor(seconds * 10) / 10).toFixed(1)}s` : formatDuration(seconds);
}

const BYTE_UNITS = ['KiB', 'MiB', 'GiB', 'TiB', 'PiB', 'EiB'] as const;

/** A size: `512 B`, `1.2 GiB`. */
export function formatBytes(bytes: number): string {
  if (bytes < 1024) return `${Math.round(bytes)} B`;
  let value = bytes / 1024;
  let unit = 0;
  // Not 1024: 1023.96 would be written as 1024.0.
  while (value >= 1023.95 && unit < BYTE_UNITS.length - 1) {
    value /= 1024;
    unit++;
  }
  return `${value.toFixed(1)} ${BYTE_UNITS[unit]}`;
}

/** A size in little room: `512B`, `1.2G`. */
export function formatBytesBriefly(bytes: number): string {
  return formatBytes(bytes).replace(' ', '').replace('iB', '');
}

/** A ratio as a percentage: `0.0%`, `12.5%`, `250%`. */
export function formatPercent(ratio: number): string {
  const percent = Math.max(0, ratio * 100);
  return `${percent.toFixed(percent < 99.95 ? 1 : 0)}%`;
}
