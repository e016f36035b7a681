import { expect, it } from 'vitest';
import { ProbeFault } from '../../../src/domain/probes/fault.ts';
import { askInTurn } from '../../../src/sources/probe/in-turn.ts';
import { asked } from '../../fakes/asked.ts';

it('tells values of all questions, and no status of one before that which has not answered', async () => {
  const outcome = await asked(
    askInTurn([
      async (_, found) => {
        found.values.set('queue', 3);
        found.httpStatus = 200;
      },
      async () => {
        throw new ProbeFault('connection', 'it was closed');
      },
      async () => expect.unreachable('nothing is asked after that'),
    ]),
  );
  expect(outcome.failure?.reason).toBe('connection');
  expect(outcome.values).toEqual(new Map([['queue', 3]]));
  expect(outcome).not.toHaveProperty('httpStatus');
});
