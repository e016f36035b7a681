/** Below and above, a sensor is not measuring: broken and absent ones report such values. */
const PLAUSIBLE = { above: -40, below: 250 };

/** Degrees Celsius of a thermal zone's `temp`, in thousandths there; undefined if it cannot be a temperature. */
export function parseCelsius(text: string | undefined): number | undefined {
  if (text === undefined || !/^-?\d+\n?$/.test(text)) return undefined;
  const celsius = Number(text) / 1000;
  return celsius > PLAUSIBLE.above && celsius < PLAUSIBLE.below ? celsius : undefined;
}
