import { execFileSync } from 'node:child_process';
import { mkdirSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { DaemonSpec } from '../../../src/domain/daemon.ts';
import { systemClock, yieldTurn } from '../../../src/host/clock.ts';
import { commonDaemons, createDaemonReader } from '../../../src/sources/pidfile/source.ts';
import { type FakeDaemon, fakeDaemon } from '../../fakes/daemon.ts';
import { tempFolder } from '../../fakes/temp-folder.ts';

/** Runs one of its commands by itself, without fettle, and waits until that has had its effect. */
async function order(daemon: FakeDaemon, verb: 'start' | 'stop'): Promise<void> {
  const [program = '', ...args] = daemon.command(verb);
  const before = daemon.pid();
  execFileSync(program, args, { stdio: 'ignore' });
  if (verb === 'start')
    await expect.poll(() => daemon.pid() !== before && daemon.pid() !== undefined).toBe(true);
}

function readerOf(...daemons: readonly DaemonSpec[]) {
  const read = createDaemonReader({
    daemons,
    procfs: '/proc',
    cgroups: undefined,
    clock: systemClock,
    yieldTurn,
  });
  return () => read(new AbortController().signal);
}

describe('createDaemonReader', () => {
  it('tells a daemon that has not been started', async () => {
    const { spec } = fakeDaemon('runner');
    expect(await readerOf(spec)()).toEqual([
      {
        name: 'runner',
        state: 'inactive',
        restarts: 0,
        startSeconds: undefined,
        usage: undefined,
        status: undefined,
      },
    ]);
  });

  it('tells what a daemon and its children use, and counts its runs', async () => {
    const daemon = fakeDaemon('runner');
    const path = join(daemon.folder, 'status.json');
    const values = { queue_length: '/queue/length', nothing: '/queue/nothing' };
    const state = { pointer: '/state', oneOf: ['ok'] };
    const read = readerOf({ ...daemon.spec, statusFile: { path, maxAgeSeconds: 600, state, values } });
    await order(daemon, 'start');
    // Its own process, and the one that it has started.
    await expect.poll(async () => (await read())[0]?.usage?.processes).toBe(2);
    const [first] = await read();
    expect(first).toMatchObject({ state: 'active', restarts: 0, status: { problem: undefined } });
    expect(first?.status?.values).toEqual(new Map([['queue_length', 3]]));
    expect(first?.usage?.cpuSeconds).toBeGreaterThanOrEqual(0);
    expect(first?.usage?.memoryBytes).toBeGreaterThan(100_000);
    expect(Math.abs((first?.startSeconds ?? 0) - Date.now() / 1000)).toBeLessThan(60);
    await order(daemon, 'stop');
    expect(await read()).toMatchObject([{ state: 'inactive', usage: undefined }]);
    await order(daemon, 'start');
    const [second] = await read();
    expect(second).toMatchObject({ state: 'active', restarts: 1 });
  });

  it('keeps the start of a run as it was read first', async () => {
    const daemon = fakeDaemon('runner');
    const read = readerOf(daemon.spec);
    await order(daemon, 'start');
    const [first] = await read();
    expect((await read())[0]?.startSeconds).toBe(first?.startSeconds);
  });

  it('tells a daemon that has died, and one whose pid file cannot be believed', async () => {
    const [dead, odd] = [fakeDaemon('dead'), fakeDaemon('odd')];
    dead.write('pid', '4194304');
    odd.write('pid', 'rubbish');
    const readings = await readerOf(dead.spec, odd.spec)();
    expect(readings).toMatchObject([{ state: 'failed' }, { state: 'unknown' }]);
    expect(commonDaemons(readings)).toEqual([
      {
        manager: 'pidfile',
        name: 'dead',
        up: false,
        restarts: 0,
        memoryBytes: undefined,
        cpuSeconds: undefined,
        startSeconds: undefined,
      },
    ]);
  });

  it('says that it needs procfs', async () => {
    const { spec } = fakeDaemon('runner');
    const procfs = tempFolder();
    const options = { daemons: [spec], procfs, cgroups: undefined, clock: systemClock, yieldTurn };
    const read = createDaemonReader(options);
    await expect(read(new AbortController().signal)).rejects.toMatchObject({ code: 'unreadable' });
  });
});

describe('the CPU time of a daemon', () => {
  /** A machine of one process, pid 42, whose own counters and cgroup the test writes. */
  function machine() {
    const folder = tempFolder({
      'proc/stat': 'btime 1000\n',
      'proc/42/cgroup': '0::/a.scope\n',
      'cgroup/a.scope/cgroup.procs': '42\n',
      pid: '42\n',
    });
    const write = (file: string, text: string) => writeFileSync(join(folder, file), text);
    const setTicks = (cpu: number, start = 500) =>
      write('proc/42/stat', `42 (x) S 1 42 42 0 -1 0 1 2 3 4 ${cpu} 0 0 0 20 0 1 0 ${start} 1000 10 0`);
    setTicks(300);
    const spec = { ...fakeDaemon('runner').spec, pidFile: join(folder, 'pid') };
    const read = (cgroups?: string) => {
      const options = { daemons: [spec], procfs: join(folder, 'proc'), clock: systemClock, yieldTurn };
      const reader = createDaemonReader({ ...options, cgroups: cgroups && join(folder, cgroups) });
      return async () => (await reader(new AbortController().signal))[0];
    };
    /** Tells when the pid file was written, in Unix seconds. */
    const written = (seconds: number) => utimesSync(join(folder, 'pid'), seconds, seconds);
    return { folder, write, setTicks, written, read };
  }

  it('never goes back while a run lasts, and begins anew with the next', async () => {
    const { setTicks, written, read } = machine();
    const look = read();
    expect(await look()).toMatchObject({ usage: { cpuSeconds: 3 }, restarts: 0 });
    setTicks(200);
    expect(await look()).toMatchObject({ usage: { cpuSeconds: 3 }, restarts: 0 });
    setTicks(400);
    expect(await look()).toMatchObject({ usage: { cpuSeconds: 4 }, restarts: 0 });
    setTicks(100, 900);
    // Its file says nothing of this process until it is written anew.
    expect(await look()).toMatchObject({ state: 'failed', usage: undefined, restarts: 0 });
    written(Date.now() / 1000 + 1);
    expect(await look()).toMatchObject({ usage: { cpuSeconds: 1 }, restarts: 1, startSeconds: 1009 });
  });

  it('is told on when the clock is set forward, which never makes a daemon fail', async () => {
    const { written, read } = machine();
    const look = read();
    expect(await look()).toMatchObject({ state: 'active', restarts: 0 });
    written(500);
    expect(await look()).toMatchObject({ state: 'active', usage: { cpuSeconds: 3 }, restarts: 0 });
    expect(await read()()).toMatchObject({ state: 'unknown', usage: undefined });
  });

  it('is that of its own cgroup as long as the run lasts, also once others have joined it', async () => {
    const { write, read } = machine();
    write('cgroup/a.scope/cpu.stat', 'usage_usec 7000000\n');
    write('cgroup/a.scope/memory.current', '8192\n');
    const look = read('cgroup');
    const usage = { processes: 1, cpuSeconds: 7, memoryBytes: 8192 };
    expect(await look()).toMatchObject({ usage });
    write('cgroup/a.scope/cgroup.procs', '42\n43\n');
    expect(await look()).toMatchObject({ usage });
    expect(await read('cgroup')()).toMatchObject({ usage: { cpuSeconds: 3 } });
  });

  it('is that of its own cgroup only if all below that is its own, too', async () => {
    const { folder, write, read } = machine();
    write('cgroup/a.scope/cpu.stat', 'usage_usec 7000000\n');
    mkdirSync(join(folder, 'cgroup/a.scope/guest/inner'), { recursive: true });
    write('cgroup/a.scope/guest/cgroup.procs', '');
    write('cgroup/a.scope/guest/inner/cgroup.procs', '42\n');
    expect(await read('cgroup')()).toMatchObject({ usage: { cpuSeconds: 7 } });
    write('cgroup/a.scope/guest/inner/cgroup.procs', '77\n');
    expect(await read('cgroup')()).toMatchObject({ usage: { processes: 1, cpuSeconds: 3 } });
  });
});
