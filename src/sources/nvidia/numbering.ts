import type { GpuReading } from '../../domain/gpu.ts';
import type { NvidiaSmiReading } from './parse.ts';

/** What helps to number the GPUs of a document. */
export interface NumberingContext {
  /** Whether the driver was asked for all GPUs, and not for some of them. */
  readonly askedAll: boolean;
  /** PCI addresses of all GPUs that the driver may have. */
  readonly addresses: readonly string[];
}

/** Numbers the GPUs of one document after the other. */
export type Numbering = (reading: NvidiaSmiReading, context: NumberingContext) => NvidiaSmiReading;

/**
 * Gives GPUs the numbers that the driver counts them by, also where some are left out.
 *
 * Where all are there, that is their place in the document. But nvidia-smi may leave out a GPU that it has lost, and
 * is not asked for one that sleeps; all behind it would get the number of another. So it is then, in this order:
 * the number that it had while all were there; its place by PCI address, by which the driver counts, if as many GPUs
 * are known of as the driver has; the number of its device file, which is the same on most machines, but not on some
 * servers (the first of four A100 has 1); its place by PCI address all the same. No number is given twice.
 */
export function createNumbering(): Numbering {
  const numbers = new Map<string, string>();

  function remember(gpus: readonly GpuReading[]): void {
    const given = new Set(gpus.filter(({ uuid }) => uuid !== '').map(({ gpu }) => gpu));
    // Where another GPU is now, the one before is no more.
    for (const [uuid, number] of numbers) if (given.has(number)) numbers.delete(uuid);
    for (const { gpu, uuid } of gpus) if (uuid !== '') numbers.set(uuid, gpu);
  }

  return (reading, context) => {
    const { gpus, attached = gpus.length } = reading;
    if (context.askedAll && gpus.length >= attached) {
      remember(gpus);
      return reading;
    }
    const guessesOf = createGuesses(reading, context);
    const taken = new Set<string>();
    const numbered = gpus.map((gpu, index) => {
      const known = numbers.get(gpu.uuid);
      const isFree = (number: string) =>
        !taken.has(number) && (number === known || ![...numbers.values()].includes(number));
      const guesses = known === undefined ? guessesOf(gpu, index) : [known];
      const number = guesses.find(isFree) ?? firstFree(isFree);
      taken.add(number);
      return { ...gpu, gpu: number };
    });
    return { ...reading, gpus: numbered };
  };
}

/** Numbers that a GPU may have, the likeliest first. */
function createGuesses(
  { gpus, lost, attached, minorNumbers }: NvidiaSmiReading,
  { addresses }: NumberingContext,
): (gpu: GpuReading, index: number) => readonly string[] {
  const all = [...new Set([...addresses, ...lost, ...gpus.map(({ pciBusId }) => pciBusId)])].sort(byAddress);
  return ({ pciBusId }, index) => {
    const place = all.indexOf(pciBusId);
    const minor = minorNumbers[index] ?? place;
    return (all.length === attached ? [place, minor] : [minor, place]).map(String);
  };
}

/** A domain has four digits or more. */
function byAddress(one: string, other: string): number {
  return one.length - other.length || (one < other ? -1 : 1);
}

function firstFree(isFree: (number: string) => boolean): string {
  let number = 0;
  while (!isFree(String(number))) number += 1;
  return String(number);
}
