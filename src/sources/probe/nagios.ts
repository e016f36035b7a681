/** What a plugin of Nagios says in its output. */
export interface NagiosOutput {
  /** Its sentence for people: the first line. */
  readonly text: string;
  /** Its numbers by their labels, in base units. */
  readonly values: ReadonlyMap<string, number>;
}

/** More numbers of one plugin are left out. */
const MOST_VALUES = 64;

/**
 * The output of a plugin, as the Monitoring Plugins Development Guidelines have it.
 *
 * Seconds, bytes and ratios: `250ms` is 0.25, `2MB` is 2097152 (plugins count in 1024), `80%` is 0.8. Numbers that
 * are not known (`U`) are left out, as are rubbish and numbers with a label that is no name: labels become label
 * values of a metric, with anything but letters, digits, `_`, `.`, `/`, `:` and `-` as `_`.
 */
export function parseNagios(output: string): NagiosOutput {
  const [first = '', ...rest] = output.split('\n');
  const [text = '', ...inFirst] = first.split('|');
  // After the long text, which begins with the second line, there may be more numbers.
  const long = rest.join('\n');
  const inLong = long.includes('|') ? [long.slice(long.indexOf('|') + 1)] : [];
  const values = new Map<string, number>();
  for (const [, quotedLabel, label, amount, unit] of [...inFirst.slice(0, 1), ...inLong]
    .join(' ')
    .matchAll(ITEM)) {
    const name = nameOf(quotedLabel?.replaceAll("''", "'") ?? label ?? '');
    const value = inBaseUnit(Number(amount), unit ?? '');
    if (name === undefined || value === undefined || values.size >= MOST_VALUES) continue;
    if (!values.has(name)) values.set(name, value);
  }
  return { text: text.trim(), values };
}

/** `'label'=value[UOM];[warn];[crit];[min];[max]`. */
const ITEM =
  /(?:^|(?<=\s))(?:'((?:[^'=]|''){1,256})'|([^\s'=]{1,256}))=([-+]?(?:\d{1,20}(?:\.\d{0,20})?|\.\d{1,20})(?:[eE][-+]?\d{1,3})?)([a-zA-Z%]{0,8})(?=[;\s]|$)/g;

const LONGEST_NAME = 64;

/** A label as the name of a number has it. */
export function nagiosName(label: string): string {
  return label.trim().replaceAll(/[^A-Za-z0-9_./:-]/g, '_');
}

function nameOf(label: string): string | undefined {
  const name = nagiosName(label);
  return name === '' || name.length > LONGEST_NAME ? undefined : name;
}

/** `c` is a number that only grows. */
const FACTORS: ReadonlyMap<string, number> = new Map([
  ['', 1],
  ['c', 1],
  ['s', 1],
  ['ms', 1e-3],
  ['us', 1e-6],
  ['ns', 1e-9],
  ['%', 0.01],
  ['B', 1],
  ['KB', 1024],
  ['MB', 1024 ** 2],
  ['GB', 1024 ** 3],
  ['TB', 1024 ** 4],
]);

function inBaseUnit(amount: number, unit: string): number | undefined {
  // Another unit is told as it is: what it means is known to who wrote the plugin.
  const value = amount * (FACTORS.get(unit) ?? 1);
  return Number.isFinite(value) ? value : undefined;
}
