import { manyGpus } from '../fakes/nvidia-smi-documents.ts';

/** A document that the benchmark reads, and how the report calls it. */
export interface BenchDocument {
  readonly name: string;
  readonly text: string;
}

/** GPUs of the machines that the limits are for. */
export const GPUS = 8;

/** A desktop card lists 190 clocks for each of five clocks of its memory: 85 % of what it prints. */
const MEMORY_CLOCKS = [10_501, 10_251, 5001, 810, 405];
const GRAPHICS_CLOCKS = 190;

/** Machines of eight GPUs: desktop cards, whose documents are the largest, and divided ones, with most elements. */
export function benchDocuments(): readonly BenchDocument[] {
  const desktop = manyGpus('rtx-4090-driver-595', GPUS);
  return [
    {
      name: `${GPUS} desktop cards`,
      text: desktop.replace(/<supported_clocks>[\s\S]*?<\/supported_clocks>/g, supportedClocks()),
    },
    { name: `${GPUS} divided GPUs`, text: manyGpus('a100-mig-driver-535', GPUS) },
  ];
}

function supportedClocks(): string {
  const graphics = Array.from(
    { length: GRAPHICS_CLOCKS },
    (_, index) => `\t\t\t\t<supported_graphics_clock>${3105 - 15 * index} MHz</supported_graphics_clock>\n`,
  ).join('');
  const memory = MEMORY_CLOCKS.map(
    (clock) =>
      `\t\t\t<supported_mem_clock>\n\t\t\t\t<value>${clock} MHz</value>\n${graphics}\t\t\t</supported_mem_clock>\n`,
  );
  return `<supported_clocks>\n${memory.join('')}\t\t</supported_clocks>`;
}
