import { expect, it, onTestFinished } from 'vitest';
import { systemClock } from '../../../src/host/clock.ts';
import type { ChildEnd } from '../../../src/host/programs/child-process.ts';
import { startFollower } from '../../../src/sources/journal/follower.ts';
import { waitFor } from '../../lab/wait.ts';

it('lets a journalctl go on that has something to say, for longer than it may be silent', async () => {
  const ends: ChildEnd[] = [];
  let lines = 0;
  const follower = startFollower({
    journalctl: ['/bin/sh', '-c', 'while echo line; do sleep 0.02; done'],
    cursor: () => undefined,
    onStart: () => undefined,
    onLine: () => {
      lines += 1;
    },
    onEnd: (end) => void ends.push(end),
    clock: systemClock,
    limits: { timeoutMs: 500, killAfterMs: 500, capBytes: Number.MAX_SAFE_INTEGER },
  });
  onTestFinished(() => follower.stop());
  // At 20 ms a line, that is 2 s at least.
  await waitFor('a hundred lines', () => lines >= 100 || ends[0]);
  expect({ ends, starts: follower.starts() }).toEqual({ ends: [], starts: 1 });
});
