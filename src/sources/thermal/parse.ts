/** Below and above, a sensor is not measuring: broken and absent ones report such values. */
const PLAUSIBLE = { above: -40, below: 250 };

/** Degrees Celsius of a thermal zone's `temp`, in thousandths there; undefined if it cannot be a temperature. */
export function parseCelsius(text: string | undefined): number | undefined {
  if (text === undefined || !/^-?\d+\n?$/.test(text)) return undefined;
  const celsius = Number(text) / 1000;
  return celsius > PLAUSIBLE.above && celsius < PLAUSIBLE.below ? celsius : undefined;
}

/** A number of 0 or more that stands alone in a file. */
export function parseNatural(text: string | undefined): number | undefined {
  return text !== undefined && /^\d{1,15}\n?$/.test(text) ? Number(text) : undefined;
}

/** The word or words of a small file, such as a type; empty if there is none. */
export function parseWord(text: string | undefined): string {
  return text?.trim() ?? '';
}

/** The numbers in names such as `thermal_zone3`, in their order. */
export function numbersOf(prefix: string, names: readonly string[]): readonly string[] {
  const numbers = names.filter((name) => name.startsWith(prefix)).map((name) => name.slice(prefix.length));
  return numbers.filter((rest) => /^\d+$/.test(rest)).sort((a, b) => Number(a) - Number(b));
}
