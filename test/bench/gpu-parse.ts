import { readFileSync } from 'node:fs';
import { createNvidiaSmiParser, parseNvidiaSmi } from '../../src/sources/nvidia/parse.ts';
import { type Times, timesOf } from './quantile.ts';

/** What reading one document takes, in a process that has done nothing before. */
export interface ParseCost {
  /** The first time of all, with nothing compiled. */
  readonly firstMs: number;
  readonly whole: Times;
  /** Of the parts that fettle reads without a pause. */
  readonly slices: Times;
}

/** As in src/sources/nvidia/run.ts. */
const SLICE = 2 * 1024;
const RUNS = 300;

/** A program of its own, so that the first time is one: `gpu-parse.ts DOCUMENT`. */
function measure(document: string): ParseCost {
  const firstMs = timeOf(() => parsed(document));
  const whole = Array.from({ length: RUNS }, () => timeOf(() => parsed(document)));
  const slices = Array.from({ length: RUNS }, () => sliceTimes(document)).flat();
  return { firstMs, whole: timesOf(whole), slices: timesOf(slices) };
}

function parsed(document: string): void {
  const reading = parseNvidiaSmi(document);
  if (reading instanceof Error || reading.unparsed.length > 0) throw new Error('the document was not read');
}

function sliceTimes(document: string): readonly number[] {
  const parser = createNvidiaSmiParser({ document: () => undefined, outside: () => undefined });
  const times: number[] = [];
  for (let start = 0; start < document.length; start += SLICE) {
    times.push(timeOf(() => parser.write(document.slice(start, start + SLICE))));
  }
  return times;
}

function timeOf(work: () => void): number {
  const begin = performance.now();
  work();
  return performance.now() - begin;
}

process.stdout.write(JSON.stringify(measure(readFileSync(process.argv[2] ?? '', 'utf8'))));
