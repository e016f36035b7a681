import { z } from 'zod';

const POINT = z.tuple([z.number(), z.string()]);
const LABELS = z.record(z.string(), z.string());
const SERIES = z.union([
  z.object({ metric: LABELS, value: POINT }).transform(({ metric, value }) => ({ metric, points: [value] })),
  z
    .object({ metric: LABELS, values: z.array(POINT) })
    .transform(({ metric, values }) => ({ metric, points: values })),
]);
const SCALAR = z.object({ resultType: z.enum(['scalar', 'string']), result: POINT });
const MANY = z.object({ resultType: z.enum(['vector', 'matrix']), result: z.array(SERIES) });
const RESULT = z.union([
  MANY.transform(({ result }) => result),
  SCALAR.transform(({ result }) => [{ metric: {}, points: [result] }]),
]);
const REPLY = z.union([
  z.object({ status: z.literal('success'), data: z.unknown() }),
  z.object({ status: z.literal('error'), error: z.string() }),
]);

/** One series of an answer: its labels and its points, each a time and a value as Prometheus writes it. */
export type Series = z.infer<typeof SERIES>;

/** The time that a check looks at, in Unix seconds. */
export interface Window {
  readonly start: number;
  readonly end: number;
  readonly step: number;
}

/** The three questions that a dashboard asks of Prometheus. A refusal is thrown with Prometheus's words. */
export interface PrometheusApi {
  query(expr: string, window: Window): Promise<readonly Series[]>;
  queryRange(expr: string, window: Window): Promise<readonly Series[]>;
  labelValues(label: string, selector: string | undefined, window: Window): Promise<readonly string[]>;
}

/** Prometheus's HTTP API at an address such as http://127.0.0.1:9090. No question takes longer than 10 s. */
export function createPrometheusApi(address: string): PrometheusApi {
  const ask = async (path: string, parameters: Readonly<Record<string, string>>): Promise<unknown> => {
    const url = new URL(`${address.replace(/\/$/, '')}/api/v1/${path}`);
    url.search = new URLSearchParams(parameters).toString();
    const response = await fetch(url, { signal: AbortSignal.timeout(10_000) });
    const reply = REPLY.parse(await response.json());
    if (reply.status === 'error') throw new Error(reply.error);
    return reply.data;
  };
  return {
    query: async (expr, { end }) => RESULT.parse(await ask('query', { query: expr, time: String(end) })),
    queryRange: async (expr, window) =>
      RESULT.parse(await ask('query_range', { query: expr, ...texts(window) })),
    labelValues: async (label, selector, { start, end }) => {
      const match: Readonly<Record<string, string>> = selector === undefined ? {} : { 'match[]': selector };
      const bounds = { start: String(start), end: String(end) };
      return z.array(z.string()).parse(await ask(`label/${label}/values`, { ...bounds, ...match }));
    },
  };
}

function texts({ start, end, step }: Window): Record<keyof Window, string> {
  return { start: String(start), end: String(end), step: String(step) };
}
