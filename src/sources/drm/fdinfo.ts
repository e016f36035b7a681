/** One client of a GPU's driver: what one opening of its device has used. */
export interface DrmClient {
  readonly driver: string;
  /** PCI address, in lower case; empty for a GPU without PCI. */
  readonly pdev: string;
  readonly clientId: string;
  /** Seconds that engines were busy for it, from nanoseconds there. */
  readonly engineSeconds: Readonly<Record<string, number>>;
  /** Cycles that engines were busy for it, and that went by meanwhile (xe, in place of seconds). */
  readonly engineCycles: Readonly<Record<string, EngineCycles>>;
  /** Bytes in use now by region, as in `vram` or `system0`. */
  readonly memory: Readonly<Record<string, number>>;
}

/** How busy an engine has been, in ticks of its own clock. */
export interface EngineCycles {
  readonly busy: number;
  readonly total: number;
}

const LINE = /^drm-([^:]+):\s*(.*?)\s*$/;
const SIZE = /^(\d+)(?: (KiB|MiB|GiB))?$/;
const NANOSECONDS = /^(\d+) ns$/;
const COUNT = /^\d+$/;
const BYTES: Readonly<Record<string, number>> = { KiB: 2 ** 10, MiB: 2 ** 20, GiB: 2 ** 30 };

/**
 * The client behind an open file, from the text of `/proc/PID/fdinfo/FD`; undefined if it is no GPU's, or if the
 * driver does not tell clients apart.
 *
 * Memory is that which is resident; `drm-memory-` is the old name of the same. Source: the kernel's
 * Documentation/gpu/drm-usage-stats.rst.
 */
export function parseFdinfo(text: string): DrmClient | undefined {
  const values = new Map<string, string>();
  for (const line of text.split('\n')) {
    const [, key, value] = LINE.exec(line) ?? [];
    if (key !== undefined && value !== undefined) values.set(key, value);
  }
  const driver = values.get('driver');
  const clientId = values.get('client-id');
  if (driver === undefined || clientId === undefined || !COUNT.test(clientId)) return undefined;
  return {
    driver,
    clientId,
    pdev: (values.get('pdev') ?? '').toLowerCase(),
    engineSeconds: engineSeconds(values),
    engineCycles: engineCycles(values),
    memory: { ...sizes(values, 'memory-'), ...sizes(values, 'resident-') },
  };
}

/** The rest of each key that begins so, with its value. */
function* entriesOf(values: ReadonlyMap<string, string>, prefix: string): Generator<[string, string]> {
  for (const [key, value] of values) if (key.startsWith(prefix)) yield [key.slice(prefix.length), value];
}

/** Made of entries, so that no name of an engine can be taken for a part of the language (`__proto__`). */
function engineSeconds(values: ReadonlyMap<string, string>): DrmClient['engineSeconds'] {
  const found: [string, number][] = [];
  for (const [engine, value] of entriesOf(values, 'engine-')) {
    const nanoseconds = NANOSECONDS.exec(value)?.[1];
    if (nanoseconds !== undefined) found.push([engine, Number(nanoseconds) / 1e9]);
  }
  return Object.fromEntries(found);
}

function engineCycles(values: ReadonlyMap<string, string>): DrmClient['engineCycles'] {
  const found: [string, EngineCycles][] = [];
  for (const [engine, busy] of entriesOf(values, 'cycles-')) {
    const total = values.get(`total-cycles-${engine}`) ?? '';
    if (COUNT.test(busy) && COUNT.test(total))
      found.push([engine, { busy: Number(busy), total: Number(total) }]);
  }
  return Object.fromEntries(found);
}

function sizes(values: ReadonlyMap<string, string>, prefix: string): DrmClient['memory'] {
  const found: [string, number][] = [];
  for (const [region, value] of entriesOf(values, prefix)) {
    const [, count, unit] = SIZE.exec(value) ?? [];
    if (count !== undefined)
      found.push([region, Number(count) * (unit === undefined ? 1 : (BYTES[unit] ?? 1))]);
  }
  return Object.fromEntries(found);
}

/** Regions on the card itself: `vram` of amdgpu and nouveau, `vram0` of xe, `local0` of i915. */
const ON_CARD = /^(vram|local)\d*$/;

/** Bytes that a client uses of its GPU: on the card, or of the machine's memory where the GPU has none of its own. */
export function clientMemory({ memory }: DrmClient): number | undefined {
  const regions = Object.entries(memory);
  const onCard = regions.filter(([region]) => ON_CARD.test(region));
  const counted = onCard.length > 0 ? onCard : regions;
  return counted.length === 0 ? undefined : counted.reduce((sum, [, bytes]) => sum + bytes, 0);
}
