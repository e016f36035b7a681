import type { Sample } from '../domain/metric.ts';
import type { Block } from './collector.ts';
import { userLabels } from './systemd/user-labels.ts';

/** Readings in one block, about: writing their samples takes a millisecond. */
const READINGS_PER_BLOCK = 64;

interface Group<T> {
  readonly readings: readonly T[];
  readonly block: Block;
}

/**
 * Gives a way from readings to blocks that gives the same block again as long as its readings are the very same
 * objects.
 *
 * A reading's place depends on its name alone, so that one that comes or goes disturbs no other block.
 */
export function createBlocks<T>(
  nameOf: (reading: T) => string,
  samplesOf: (reading: T) => readonly Sample[],
  labels: NonNullable<Block['labels']> = {},
): (readings: readonly T[]) => readonly Block[] {
  let groups: readonly Group<T>[] = [];
  return (readings) => {
    const before = groups;
    groups = grouped(readings, nameOf).map((own, index) => {
      const last = before[index];
      if (last !== undefined && areSame(last.readings, own)) return last;
      return { readings: own, block: blockFrom(own, samplesOf, labels) };
    });
    return groups.map(({ block }) => block);
  };
}

/** The same for readings of the managers of several users, each of which has blocks of its own with its labels. */
export function createUserBlocks<T extends { readonly user?: string | undefined }>(
  nameOf: (reading: T) => string,
  samplesOf: (reading: T) => readonly Sample[],
): (readings: readonly T[]) => readonly Block[] {
  let blocksOf: ReadonlyMap<string | undefined, (readings: readonly T[]) => readonly Block[]> = new Map();
  const createOwn = (user: string | undefined) =>
    createBlocks(nameOf, samplesOf, user === undefined ? {} : userLabels(user));
  return (readings) => {
    const users = new Set(readings.map(({ user }) => user));
    blocksOf = new Map([...users].map((user) => [user, blocksOf.get(user) ?? createOwn(user)]));
    return [...blocksOf].flatMap(([user, own]) => own(readings.filter((one) => one.user === user)));
  };
}

/** Not written where it is used: the block would hold on to all that went before it, and memory would run out. */
function blockFrom<T>(
  readings: readonly T[],
  samplesOf: (reading: T) => readonly Sample[],
  labels: NonNullable<Block['labels']>,
): Block {
  return { samples: () => readings.flatMap(samplesOf), labels };
}

/** A power of two of groups, so that their number changes seldom. */
function grouped<T>(readings: readonly T[], nameOf: (reading: T) => string): readonly (readonly T[])[] {
  const count = 2 ** Math.max(0, Math.round(Math.log2(readings.length / READINGS_PER_BLOCK)));
  const groups = Array.from({ length: count }, (): T[] => []);
  for (const reading of readings) groups[hashOf(nameOf(reading)) % count]?.push(reading);
  return groups;
}

function areSame<T>(before: readonly T[], now: readonly T[]): boolean {
  return before.length === now.length && before.every((reading, index) => reading === now[index]);
}

/** FNV-1a, 32 bits. */
function hashOf(text: string): number {
  let hash = 0x811c9dc5;
  for (let at = 0; at < text.length; at += 1) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193);
  return hash >>> 0;
}
