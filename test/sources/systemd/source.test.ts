import { setImmediate as nextTurn } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { BusFault } from '../../../src/host/bus.ts';
import { startSystemdSource } from '../../../src/sources/systemd/source.ts';
import { fakeBus } from '../../fakes/bus.ts';
import { recordedLog } from '../../fakes/recorded-log.ts';
import { waitFor } from '../../lab/wait.ts';

/** A source whose pauses take no time, on a systemd whose own state cannot be had at some of the rounds. */
function start(isAwayAt: (round: number) => boolean) {
  const counts = { connections: 0, rounds: 0 };
  const bus = () =>
    fakeBus(({ member }) => {
      if (member === 'ListUnits') return [[]];
      if (member !== 'GetAll') return [];
      counts.rounds += 1;
      if (isAwayAt(counts.rounds)) throw new BusFault('org.freedesktop.DBus.Error.NoReply', 'away');
      return [new Map()];
    });
  const source = startSystemdSource({
    connect: async () => {
      counts.connections += 1;
      return bus();
    },
    includes: () => true,
    clock: { now: () => new Date(), elapsedMs: () => 0, sleep: () => nextTurn() },
    bootSeconds: () => 0,
    log: recordedLog().log,
  });
  return { source, counts };
}

describe('the source of units', () => {
  it('stays up while systemd re-executes itself', async () => {
    const { source, counts } = start((round) => round > 2 && round < 7);
    await waitFor('some rounds have passed', async () => counts.rounds > 10 || undefined);
    expect([source.read().up, counts.connections]).toEqual([true, 1]);
    source.stop();
  });

  it('connects anew when systemd does not come back', async () => {
    const { source, counts } = start((round) => round > 2 && round < 20);
    await waitFor('it has connected anew', async () => counts.connections > 1 || undefined);
    await waitFor('it is up again', async () => source.read().up || undefined);
    source.stop();
  });
});
