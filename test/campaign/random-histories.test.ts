import { describe, expect, it } from 'vitest';
import { playMany } from './campaign.ts';

const HISTORIES = 5000;

/** So many in one test, so that the histories of one can be told from those of another by their seed. */
const PARTS = 10;

describe('whatever happens around it, the remediator keeps its word', () => {
  it.each(Array.from({ length: PARTS }, (_, part) => part + 1))(
    'in random histories of seed %i',
    async (seed) => {
      const { failure, histories, asked } = await playMany(HISTORIES / PARTS, seed);
      expect(failure).toBeUndefined();
      expect(histories).toBe(HISTORIES / PARTS);
      // In most of them something is done: a world in which nothing ever is would prove nothing.
      expect(asked).toBeGreaterThan(histories / 2);
    },
    120_000,
  );
});
