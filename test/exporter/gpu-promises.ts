import {
  type DocumentElement,
  documentTree,
  elementsOn,
  isNoValue,
  type Leaf,
  leavesOf,
} from './gpu-document.ts';
import { NOT_EXPORTED } from './gpu-not-exported.ts';
import { PROMISED_SERIES, type PromisedSeries } from './gpu-promise-rows.ts';
import { PROMISED_SECTIONS, type Telling } from './gpu-promise-sections.ts';
import { type Expectations, type Range, seriesKey, within } from './series.ts';

/** What a document of nvidia-smi obliges a page to say, found by a walk of its own. */
export interface DocumentPromises {
  /** All series of `PROMISED_METRICS`, and no other. */
  readonly expected: Expectations;
  /** Values that are no series, and of which no reason says why. */
  readonly unexplained: readonly string[];
  /** Texts that stand for a value, and are none of the form that is known. */
  readonly unreadable: readonly string[];
  /** The elements whose numbers and words became values of single series. */
  readonly told: readonly DocumentElement[];
  /** How many values of single series there would be had the driver given them. */
  readonly withheld: number;
}

/** Metrics of which these promises know every series. */
export const PROMISED_METRICS: ReadonlySet<string> = new Set([
  ...PROMISED_SERIES.map(({ metric }) => metric),
  ...PROMISED_SECTIONS.flatMap(({ metrics }) => metrics),
]);

/** Elements outside of `gpu`: names are in gpu_info; when it was read, the page tells itself; the rest is counted. */
const OUTSIDE = new Set(['timestamp', 'driver_version', 'cuda_version', 'attached_gpus']);

/** What this document promises. Throws an Error if it is not sound. */
export function promisedOfDocument(document: string): DocumentPromises {
  const log = documentTree(document);
  const gpus = log.children
    .filter(({ name }) => name === 'gpu')
    .map((gpu, index) => gpuPromises(log, gpu, index));
  const others = log.children.filter(({ name }) => name !== 'gpu' && !OUTSIDE.has(name));
  return {
    expected: new Map(gpus.flatMap(({ expected }) => [...expected])),
    unexplained: [...others.map(({ name }) => name), ...gpus.flatMap(({ unexplained }) => unexplained)],
    unreadable: gpus.flatMap(({ unreadable }) => unreadable),
    told: gpus.flatMap(({ told }) => told),
    withheld: gpus.reduce((sum, { withheld }) => sum + withheld, 0),
  };
}

function gpuPromises(log: DocumentElement, gpu: DocumentElement, index: number): DocumentPromises {
  const own = { gpu: String(index), uuid: known(elementsOn(gpu, ['uuid'])[0]?.text) };
  const expected = new Map<string, Range>();
  const unreadable: string[] = [];
  const told: DocumentElement[] = [];
  let withheld = 0;

  function tell({ metric, labels, value }: Telling): void {
    expected.set(seriesKey(metric, { ...own, ...labels }), typeof value === 'number' ? within(value) : value);
  }

  for (const series of PROMISED_SERIES) {
    const there = elementsOn(gpu, series.paths).filter(({ children }) => children.length === 0);
    const given = there.find(({ text }) => !isNoValue(text));
    const value = given && series.read(given.text);
    if (value !== undefined && given !== undefined) {
      tell({ ...series, value });
      told.push(given);
    } else if (given !== undefined) unreadable.push(`${nameOf(series)}: ${given.text}`);
    else if (there.length > 0) withheld += 1;
  }
  for (const section of PROMISED_SECTIONS) section.of(log, gpu).forEach(tell);
  return { expected, unexplained: unexplained(leavesOf(gpu)), unreadable, told, withheld };
}

const PROMISED_PATHS = new Set(PROMISED_SERIES.flatMap(({ paths }) => paths));

function unexplained(leaves: readonly Leaf[]): readonly string[] {
  return leaves
    .filter(({ element }) => !isNoValue(element.text))
    .filter(({ path }) => !PROMISED_PATHS.has(path))
    .filter(({ path }) => !PROMISED_SECTIONS.some(({ paths }) => paths.test(path)))
    .filter(({ path }) => !NOT_EXPORTED.some(([, paths]) => paths.test(path)))
    .map(({ path, element }) => `${path}: ${element.text}`);
}

function nameOf({ metric, labels }: PromisedSeries): string {
  return [metric, ...Object.values(labels)].join(' ');
}

function known(text = ''): string {
  return isNoValue(text) ? '' : text;
}
