/** Properties of an object of systemd by name, as D-Bus gives them: text, and 64-bit numbers as bigint. */
export type Properties = ReadonlyMap<string, unknown>;

/** "Unknown" or "infinite" in systemd's numbers. */
const UINT64_MAX = 2n ** 64n - 1n;

/** A text; empty if there is no such property. */
export function text(properties: Properties, name: string): string {
  const value = properties.get(name);
  return typeof value === 'string' ? value : '';
}

/** Microseconds in seconds; undefined if there is no such property, or it is "unknown" or "infinite". */
export function seconds(properties: Properties, name: string): number | undefined {
  const value = properties.get(name);
  return typeof value === 'bigint' && value !== UINT64_MAX ? Number(value) / 1e6 : undefined;
}

/** A 64-bit count; undefined if it is "unknown" or "infinite", or no such number. */
export function counter(value: unknown): number | undefined {
  return typeof value === 'bigint' && value !== UINT64_MAX ? Number(value) : undefined;
}
