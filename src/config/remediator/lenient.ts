import * as z from 'zod';

/** Any text, or nothing: a fault there is told by the schema. */
const text = z.string().optional().catch(undefined);
const list = z.array(z.unknown()).catch([]);

const withProbe = z.object({ probe: text }).catch({ probe: undefined });

const policy = z
  .object({ name: text, mode: text, allow: list, steps: list, verify: withProbe })
  .catch({ name: undefined, mode: undefined, allow: [], steps: [], verify: { probe: undefined } });

const named = z.object({ name: text }).catch({ name: undefined });

const whole = z.object({
  remediator: z.object({
    listen: z.string().catch('127.0.0.1:10559'),
    mode: text,
    token_file: z.unknown().optional(),
    protect: z.object({ units: list }).catch({ units: [] }),
    defaults: z.object({ verify: withProbe }).catch({ verify: { probe: undefined } }),
    windows: z.array(named).catch([]),
    policies: z.array(policy).catch([]),
  }),
  probes: z.array(named).catch([]),
});

/** What depends on something else, read so that a fault in one place hides none in another. */
export type LenientConfig = z.output<typeof whole>;

/** A policy of it. */
export type LenientPolicy = LenientConfig['remediator']['policies'][number];

/** The document as plain data, read so; undefined if it says nothing about repairs. */
export function readLeniently(raw: unknown): LenientConfig | undefined {
  return whole.safeParse(raw).data;
}

/** A text in a policy, and the way to it. */
export interface PlacedText {
  readonly path: readonly (string | number)[];
  readonly text: string;
}

/** All texts of a list, or the text that stands in its place. */
export function textsAt(value: unknown, ...path: readonly (string | number)[]): readonly PlacedText[] {
  if (typeof value === 'string') return [{ path, text: value }];
  if (!Array.isArray(value)) return [];
  return value.flatMap((one: unknown, place) =>
    typeof one === 'string' ? [{ path: [...path, place], text: one }] : [],
  );
}

/** The value of a key, if there is a map. */
export function keyIn(value: unknown, key: string): unknown {
  const read = z.record(z.string(), z.unknown()).safeParse(value);
  return read.success ? read.data[key] : undefined;
}
