import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { systemClock } from '../../../src/host/clock.ts';
import { type FollowOptions, followProcess } from '../../../src/host/programs/follow-process.ts';
import { tempFolder } from '../../fakes/temp-folder.ts';
import { waitFor } from '../../lab/wait.ts';

/** Follows a script of /bin/sh. */
function following(script: string, more: Partial<FollowOptions> = {}) {
  const lines: string[] = [];
  const ends: { readonly reason: string; readonly stderr: string }[] = [];
  const followed = followProcess({
    argv: () => ['/bin/sh', '-c', script],
    onLine: (line) => void lines.push(line),
    onEnd: (end) => void ends.push(end),
    clock: systemClock,
    pauseMs: 1,
    ...more,
  });
  onTestFinished(() => followed.stop());
  const hasLines = (count: number) =>
    waitFor(`${count} lines`, () => (lines.length >= count ? lines : undefined), { everyMs: 5 });
  const hasEnded = () => waitFor('an end', () => ends[0], { everyMs: 5 });
  return { followed, lines, ends, hasLines, hasEnded };
}

function isRunning(pid: number): boolean {
  // A process that has ended and was not waited for is not running.
  const path = `/proc/${pid}/stat`;
  return existsSync(path) && !/\) Z /.test(readFileSync(path, 'latin1'));
}

describe('followProcess', () => {
  it('hands over each line, however it was cut, and not what has no end', async () => {
    const { lines, hasLines } = following(
      "printf 'one\\ntw'; sleep 0.05; printf 'o\\n\\nthree\\nfour'; sleep 60",
    );
    await hasLines(4);
    expect(lines).toEqual(['one', 'two', '', 'three']);
  });

  it('starts a program that has ended again, and says why it ended', async () => {
    const { followed, hasLines, hasEnded } = following('echo line; echo broken >&2; exit 3');
    await hasLines(3);
    expect(await hasEnded()).toEqual({ reason: 'ended with exit code 3', stderr: 'broken' });
    expect(followed.starts()).toBeGreaterThanOrEqual(3);
  });

  it('asks for the arguments before each start', async () => {
    let start = 0;
    const { lines, hasLines } = following('', { argv: () => ['/bin/sh', '-c', `echo ${++start}`] });
    await hasLines(3);
    expect(lines.slice(0, 3)).toEqual(['1', '2', '3']);
  });

  it('waits longer each time before it starts a program that ends at once', async () => {
    const pauses: number[] = [];
    const clock = {
      ...systemClock,
      sleep: (ms: number, signal?: AbortSignal) => {
        pauses.push(ms);
        return systemClock.sleep(0, signal);
      },
    };
    following('exit 1', { clock, pauseMs: 10_000 });
    await waitFor('six pauses', () => pauses[5], { everyMs: 5 });
    expect(pauses.slice(0, 6)).toEqual([10_000, 20_000, 40_000, 60_000, 60_000, 60_000]);
  });

  it.each([
    [[join('/nowhere', 'program')], /ENOENT/],
    [[], /argument/],
  ])('says that %j cannot be started, and tries again', async (argv, reason) => {
    const { followed, hasEnded } = following('', { argv: () => argv });
    expect((await hasEnded()).reason).toMatch(reason);
    await waitFor('another start', () => (followed.starts() > 1 ? true : undefined), { everyMs: 5 });
  });

  it('ends the program and all that it has started', async () => {
    const { followed, hasLines } = following('sleep 60 & echo $$; echo $!; wait');
    const pids = (await hasLines(2)).map(Number);
    expect(pids.map(isRunning)).toEqual([true, true]);
    await followed.stop();
    // The kernel may still be at it.
    await waitFor('both to be gone', () => (pids.some(isRunning) ? undefined : true), { everyMs: 5 });
  });

  it('kills one that does not listen', async () => {
    const { followed, hasLines } = following("trap '' TERM; echo $$; while :; do sleep 0.1; done");
    const [pid] = (await hasLines(1)).map(Number);
    await followed.stop();
    await waitFor('it to be gone', () => (isRunning(pid ?? 0) ? undefined : true), { everyMs: 5 });
  });

  it('does not wait for what a program that has ended left behind', async () => {
    const { hasEnded, hasLines } = following('sleep 60 & echo $!; exit 0');
    const [pid] = (await hasLines(1)).map(Number);
    expect((await hasEnded()).reason).toBe('ended with exit code 0');
    await waitFor('the rest to be gone', () => (isRunning(pid ?? 0) ? undefined : true), { everyMs: 5 });
  });

  it('drops a line that is too long, and counts it', async () => {
    const long = "head -c 300000 /dev/zero | tr '\\0' x";
    const { followed, lines, hasLines } = following(`echo before; ${long}; echo; echo after; sleep 60`);
    await hasLines(2);
    expect(lines).toEqual(['before', 'after']);
    expect(followed.dropped()).toBe(1);
  });

  it('starts one that has fallen silent anew', async () => {
    const { lines, hasLines, hasEnded } = following('echo line; sleep 60', { silenceMs: 50 });
    await hasLines(3);
    expect(lines.slice(0, 3)).toEqual(['line', 'line', 'line']);
    expect((await hasEnded()).reason).toBe('ended by SIGTERM');
  });

  it('is not held up by a flood, nor holds up others', async () => {
    let turns = 0;
    const timer = setInterval(() => {
      turns += 1;
    }, 1);
    onTestFinished(() => clearInterval(timer));
    const { hasLines } = following(
      "yes 'a line of some length, as the journal has them' | head -n 200000; sleep 60",
    );
    expect((await hasLines(200_000)).length).toBe(200_000);
    expect(turns).toBeGreaterThan(5);
  });

  it('can be stopped in a pause, and starts nothing after that', async () => {
    const folder = tempFolder();
    const { followed, hasEnded } = following(`echo x >>${folder}/starts`, { pauseMs: 60_000 });
    await hasEnded();
    await followed.stop();
    expect(readFileSync(join(folder, 'starts'), 'utf8')).toBe('x\n');
    expect(followed.starts()).toBe(1);
  });
});
