import type { GpuReading } from '../../domain/gpu.ts';
import { childOf, leafTexts, type XmlElement } from './element.ts';
import { createFields, type Unparsed } from './fields.ts';
import { gpuReading, pciBusId } from './gpu-reading.ts';
import { createSectionReader } from './sections.ts';
import { isLost, parseCount } from './values.ts';
import { createXmlBuilder, type XmlBuilder } from './xml.ts';

/** What one document of nvidia-smi says. */
export interface NvidiaSmiReading {
  readonly gpus: readonly GpuReading[];
  /** How many values the driver did not give, by field. */
  readonly unavailable: ReadonlyMap<string, number>;
  /** Texts where values should be that nothing here understands; none for any known driver. */
  readonly unparsed: readonly Unparsed[];
  /** How many GPUs the driver says are attached; undefined if it did not say. */
  readonly attached: number | undefined;
  /** PCI addresses of the GPUs that the driver says are lost. */
  readonly lost: readonly string[];
}

/** What is found in the output of nvidia-smi while it comes. */
export interface NvidiaSmiEvents {
  /** A whole document, or why one could not be understood. */
  document(reading: NvidiaSmiReading | Error): void;
  /** Lines outside documents, such as errors. */
  outside(text: string): void;
}

/** Takes the output of nvidia-smi in parts, and tells whether it stands within a document. */
export interface NvidiaSmiParser {
  write(text: string): void;
  isInside(): boolean;
}

/** Reads documents of `nvidia-smi -q -x` from output that comes in parts. */
export function createNvidiaSmiParser({ document, outside }: NvidiaSmiEvents): NvidiaSmiParser {
  let inside = createDocument();
  return createSectionReader({
    begin() {
      inside = createDocument();
    },
    text: (text) => inside.xml.write(text),
    end() {
      const root = inside.xml.end();
      document(root instanceof Error ? root : inside.log.end(root));
      inside = createDocument();
    },
    outside,
  });
}

/** What the output of `nvidia-smi -q -x` says; an Error if it holds no document, or a broken one. */
export function parseNvidiaSmi(output: string): NvidiaSmiReading | Error {
  let found: NvidiaSmiReading | Error | undefined;
  const parser = createNvidiaSmiParser({
    document: (reading) => {
      found ??= reading;
    },
    outside: () => undefined,
  });
  parser.write(output);
  return found ?? new Error(parser.isInside() ? 'the document breaks off' : 'there is no document');
}

/** What the tree of a document says. */
export function readingOfTree(root: XmlElement): NvidiaSmiReading | Error {
  const log = createLog();
  for (const child of root.children) log.add(root, child);
  return log.end(root);
}

/** GPUs are read one by one as they come: sixteen of them at once would take longer than others can wait. */
function createDocument(): { readonly xml: XmlBuilder; readonly log: LogReader } {
  const log = createLog();
  return { xml: createXmlBuilder(log.add), log };
}

/** Reads the children of a document's root one after the other. */
interface LogReader {
  add(root: XmlElement, child: XmlElement): void;
  end(root: XmlElement): NvidiaSmiReading | Error;
}

/** The largest machines have 16, and nobody shall be made to export more than they have. */
const MAX_GPUS = 256;

function createLog(): LogReader {
  const fields = createFields();
  const gpus: GpuReading[] = [];
  const lost: string[] = [];
  let found = 0;
  return {
    add(root, child) {
      if (child.name !== 'gpu') return;
      found += 1;
      if (found > MAX_GPUS) return;
      gpus.push(gpuReading(fields, root, child, gpus.length));
      if (isLostGpu(child)) lost.push(pciBusId(child));
    },
    end(root) {
      if (root.name !== 'nvidia_smi_log') return new Error(`the root is <${root.name.slice(0, 40)}>`);
      if (found > MAX_GPUS) return new Error(`there are ${found} GPUs in it`);
      const attached = fields.value('attached_gpus', [childOf(root, 'attached_gpus')], parseCount);
      return { gpus, unavailable: fields.unavailable, unparsed: fields.unparsed, attached, lost };
    },
  };
}

function isLostGpu(gpu: XmlElement): boolean {
  return [...leafTexts(gpu)].some(isLost);
}
