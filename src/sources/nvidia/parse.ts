import type { GpuReading } from '../../domain/gpu.ts';
import { childOf, leafTexts, type XmlElement } from './element.ts';
import { createFields, type Fields, type Unparsed } from './fields.ts';
import { gpuReading, pciBusId, withoutUsers } from './gpu-reading.ts';
import { createSectionReader } from './sections.ts';
import { isLost, parseCount } from './values.ts';
import { createXmlBuilder, type XmlBuilder } from './xml.ts';

/** What one document of nvidia-smi says. */
export interface NvidiaSmiReading {
  readonly gpus: readonly GpuReading[];
  /** Of how many GPUs the driver did not give a field. */
  readonly unavailable: ReadonlyMap<string, number>;
  /** Texts where values should be that nothing here understands; none for any known driver. */
  readonly unparsed: readonly Unparsed[];
  /** How many GPUs the driver says are attached; undefined if it did not say. */
  readonly attached: number | undefined;
  /** PCI addresses of the GPUs that the driver says are lost. */
  readonly lost: readonly string[];
  /** Numbers of the device files of the GPUs, in their order: 1 of `/dev/nvidia1`. */
  readonly minorNumbers: readonly (number | undefined)[];
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
  /** There is no more. */
  end(): void;
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
  parser.end();
  return found ?? new Error(parser.isInside() ? 'the document breaks off' : 'there is no document');
}

/** What the tree of a document says. */
export function readingOfTree(root: XmlElement): NvidiaSmiReading | Error {
  const log = createLog();
  for (const child of root.children) {
    const next = log.add(root, child);
    if (next instanceof Error) return next;
  }
  return log.end(root);
}

/** GPUs are read one by one as they come: sixteen of them at once would take longer than others can wait. */
function createDocument(): { readonly xml: XmlBuilder; readonly log: LogReader } {
  const log = createLog();
  return { xml: createXmlBuilder(log.add), log };
}

/** Reads the children of a document's root one after the other. */
interface LogReader {
  /** Says whether the child is needed for what comes after it; an Error ends the document. */
  add(root: XmlElement, child: XmlElement): 'keep' | 'drop' | Error;
  end(root: XmlElement): NvidiaSmiReading | Error;
}

/** The largest machines have 16, and nobody shall be made to export more than they have. */
const MAX_GPUS = 256;

function createLog(): LogReader {
  const unavailable = new Map<string, number>();
  const unparsed: Unparsed[] = [];
  const gpus: GpuReading[] = [];
  const minorNumbers: (number | undefined)[] = [];
  const lost: string[] = [];

  /** What is not there is counted once a GPU. */
  function note(fields: Fields): void {
    for (const field of fields.unavailable) unavailable.set(field, (unavailable.get(field) ?? 0) + 1);
    unparsed.push(...fields.unparsed);
  }

  return {
    add(root, child) {
      if (child.name !== 'gpu') return 'keep';
      if (gpus.length === MAX_GPUS) return new Error(`there are more than ${MAX_GPUS} GPUs in it`);
      const fields = createFields();
      gpus.push(gpuReading(fields, root, child, gpus.length));
      minorNumbers.push(parseCount(childOf(child, 'minor_number')?.text ?? ''));
      note(fields);
      if (isLostGpu(child)) lost.push(pciBusId(child));
      // Kept, 40 MB of GPUs would hold up everything else whenever memory is tidied.
      return 'drop';
    },
    end(root) {
      if (root.name !== 'nvidia_smi_log') return new Error(`the root is <${root.name.slice(0, 40)}>`);
      const fields = createFields();
      const attached = fields.value('attached_gpus', [childOf(root, 'attached_gpus')], parseCount);
      note(fields);
      if (attached !== undefined && gpus.length > attached) {
        return new Error(`there are ${gpus.length} GPUs in it, and ${attached} attached`);
      }
      return { gpus, unavailable, unparsed, attached, lost, minorNumbers };
    },
  };
}

function isLostGpu(gpu: XmlElement): boolean {
  return [...leafTexts(withoutUsers(gpu))].some(isLost);
}
