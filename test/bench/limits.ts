import type { GpuMeasured } from './gpu-measure.ts';
import type { Measured } from './measure.ts';

/** Both exporters at one number of services, measured in one run. */
export interface Comparison {
  readonly services: number;
  readonly fettle: Measured;
  readonly nodeExporter: Measured;
  /** Whether systemd had the same units before and after the scrapes; else lost series mean nothing. */
  readonly unitsUnchanged: boolean;
}

/** A figure beside what it must not exceed. */
export interface Verdict {
  readonly figure: string;
  readonly value: number;
  readonly limit: number;
  readonly unit: 'ratio' | 'ms' | 'MB' | 'series';
}

/** Whether the figure keeps its limit. */
export function isKept({ value, limit }: Verdict): boolean {
  return value <= limit;
}

/** Time and CPU as parts of node_exporter's, memory in bytes, from this number of services on. */
const LIMITS = [
  { services: 3000, part: 1 / 12, memoryMB: 160 },
  { services: 1000, part: 1 / 12, memoryMB: 110 },
  { services: 0, part: 1 / 8, memoryMB: 75 },
] as const;

/** Bytes in an MB. */
export const MB = 1e6;

const FIRST_SCRAPE_MS = 1000;
/** The limit on the first page holds up to so many. */
const FIRST_SCRAPE_SERVICES = 1000;
const EVENT_LOOP_MS = 20;
const GROWTH = 3.3;
/** Of collecting and writing, at 8 GPUs. */
const GPU_SCRAPE_MS = 2;
/** Of a document of 8 GPUs, not the first one. */
const GPU_PARSE_MS = 8;

/** The limits for one number of services, and how they were kept. */
export function verdictsOf({ services, fettle, nodeExporter }: Comparison): readonly Verdict[] {
  const { part, memoryMB } = LIMITS.find((limit) => services >= limit.services) ?? LIMITS[2];
  const ratio = (figure: string, of: (measured: Measured) => number): Verdict => {
    return { figure, value: of(fettle) / of(nodeExporter), limit: part, unit: 'ratio' };
  };
  return [
    ratio('p50 of a scrape, fettle / node_exporter', ({ p50Ms }) => p50Ms),
    ratio('CPU of a scrape, fettle / node_exporter', ({ cpu }) => cpu.scheduledMs),
    { figure: 'series lost in 20 scrapes', value: fettle.lost, limit: 0, unit: 'series' },
    { figure: 'resident memory', value: fettle.memory.residentBytes / MB, limit: memoryMB, unit: 'MB' },
    ...(services > FIRST_SCRAPE_SERVICES
      ? []
      : [
          {
            figure: 'first complete page after the start',
            value: fettle.first.completeMs,
            limit: FIRST_SCRAPE_MS,
            unit: 'ms',
          } as const,
        ]),
    ...(fettle.eventLoopMs === undefined
      ? []
      : [
          {
            figure: 'event-loop delay, p99',
            value: fettle.eventLoopMs,
            limit: EVENT_LOOP_MS,
            unit: 'ms',
          } as const,
        ]),
  ];
}

/** How the CPU of a scrape grows from 1000 to 3000 services, if both were measured. */
export function growthVerdict(comparisons: readonly Comparison[]): Verdict | undefined {
  const cpuAt = (services: number) =>
    comparisons.find((one) => one.services === services)?.fettle.cpu.scheduledMs;
  const [small, large] = [cpuAt(1000), cpuAt(3000)];
  if (small === undefined || large === undefined) return undefined;
  const figure = 'CPU of a scrape at 3000 services / at 1000';
  return { figure, value: large / small, limit: GROWTH, unit: 'ratio' };
}

/** The limits of the GPU part, and how they were kept. */
export function gpuVerdicts({ documents, ordeals }: GpuMeasured): readonly Verdict[] {
  const verdict = (figure: string, value: number, limit: number): Verdict => {
    return { figure, value, limit, unit: 'ms' };
  };
  return [
    ...documents.flatMap(({ document: { name }, parse, collect }) => [
      verdict(`GPU part of a scrape, ${name} read anew`, collect.fresh.p50Ms, GPU_SCRAPE_MS),
      verdict(`the same, users looked up in it`, collect.freshUsers.p50Ms, GPU_SCRAPE_MS),
      verdict(`parsing the document of ${name}`, parse.whole.p50Ms, GPU_PARSE_MS),
    ]),
    ...ordeals.map(({ what, loop }) =>
      verdict(`event loop held up while nvidia-smi ${what}`, loop.ownMs, EVENT_LOOP_MS),
    ),
  ];
}
