import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { beforeEach, describe, expect, it } from 'vitest';
import { readUserNames } from '../../../src/host/processes/user-names.ts';
import {
  createProcessUnits,
  type ProcessUnits,
  type ProcessUnitsOptions,
} from '../../../src/sources/processes/process-units.ts';
import { unitOfCgroup } from '../../../src/sources/processes/unit-of-cgroup.ts';
import { tempFolder } from '../../fakes/temp-folder.ts';
import { type FakeProc, fakeProc } from './fake-proc.ts';

describe('createProcessUnits', () => {
  let proc: FakeProc;
  let now: number;
  beforeEach(() => {
    proc = fakeProc();
    now = 5_000_000;
  });

  const units = (options: Partial<ProcessUnitsOptions> = {}): ProcessUnits =>
    createProcessUnits({ procfs: proc.path, clock: { elapsedMs: () => now }, ...options });

  it('finds the unit of a process, the same object as long as nothing changes', () => {
    proc.start(7, { cgroup: '/system.slice/vllm.service' });
    const { unitOf } = units();
    const first = unitOf(7);
    expect(first).toEqual({ unit: 'vllm.service', scope: 'system' });
    expect(unitOf(7)).toBe(first);
  });

  it('names users as it is told to, and by number otherwise', () => {
    proc.start(7, { cgroup: '/user.slice/user-1000.slice/user@1000.service/app.slice/a.service' });
    expect(units().unitOf(7)).toMatchObject({ unit: 'a.service', user: '1000' });
    expect(units({ userName: (uid) => `name of ${uid}` }).unitOf(7)).toMatchObject({ user: 'name of 1000' });
  });

  it('knows nothing of a process that is not there', () => {
    expect(units().unitOf(7)).toBeUndefined();
  });

  it('sees a process move to another unit', () => {
    const { unitOf } = units();
    proc.start(7, { cgroup: '/system.slice/a.service' });
    expect(unitOf(7)).toMatchObject({ unit: 'a.service' });
    proc.start(7, { cgroup: '/system.slice/b.service' });
    expect(unitOf(7)).toMatchObject({ unit: 'b.service' });
  });

  it('remembers a process for 60 s after its end has been seen, and no longer', () => {
    const { unitOf } = units();
    proc.start(7, { cgroup: '/system.slice/a.service' });
    unitOf(7);
    now += 3_600_000;
    proc.end(7);
    expect(unitOf(7)).toMatchObject({ unit: 'a.service' });
    now += 60_000;
    expect(unitOf(7)).toMatchObject({ unit: 'a.service' });
    now += 1;
    expect(unitOf(7)).toBeUndefined();
  });

  it('sees the end of a process that nobody asks for, as long as it is asked for others', () => {
    const { unitOf } = units();
    proc.start(7, { cgroup: '/system.slice/a.service' });
    proc.start(8, { cgroup: '/system.slice/b.service' });
    unitOf(7);
    proc.end(7);
    now += 10_000;
    unitOf(8);
    now += 60_001;
    expect(unitOf(7)).toBeUndefined();
  });

  it('remembers one that has ended and was not collected', () => {
    const { unitOf } = units();
    proc.start(7, { cgroup: '/system.slice/a.service' });
    unitOf(7);
    proc.start(7, { cgroup: '/', state: 'Z' });
    expect(unitOf(7)).toMatchObject({ unit: 'a.service' });
  });

  it('does not take a new process for an old one with the same pid', () => {
    const { unitOf } = units();
    proc.start(7, { cgroup: '/system.slice/a.service', startTime: 1 });
    unitOf(7);
    proc.start(7, { cgroup: '/system.slice/b.service', startTime: 2 });
    expect(unitOf(7)).toMatchObject({ unit: 'b.service' });
    proc.end(7);
    expect(unitOf(7)).toMatchObject({ unit: 'b.service' });
  });

  it('remembers all of many', () => {
    const { unitOf } = units();
    for (let pid = 1; pid <= 600; pid += 1) {
      proc.start(pid, { cgroup: '/system.slice/a.service' });
      unitOf(pid);
    }
    proc.end(1);
    now += 1000;
    expect(unitOf(1)).toMatchObject({ unit: 'a.service' });
  });

  it('remembers one that it took for gone as long as any other', () => {
    const { unitOf } = units();
    proc.start(7, { cgroup: '/system.slice/a.service' });
    unitOf(7);
    proc.end(7);
    unitOf(7);
    proc.start(7, { cgroup: '/system.slice/a.service' });
    now += 70_000;
    unitOf(7);
    proc.end(7);
    now += 1;
    expect(unitOf(7)).toMatchObject({ unit: 'a.service' });
    now += 60_000;
    expect(unitOf(7)).toMatchObject({ unit: 'a.service' });
    now += 1;
    expect(unitOf(7)).toBeUndefined();
  });

  it('sees by itself that one is there again', () => {
    const { unitOf } = units();
    proc.start(7, { cgroup: '/system.slice/a.service' });
    proc.start(8, { cgroup: '/system.slice/b.service' });
    unitOf(7);
    proc.end(7);
    unitOf(7);
    proc.start(7, { cgroup: '/system.slice/a.service' });
    now += 10_000;
    unitOf(8);
    proc.end(7);
    now += 55_000;
    expect(unitOf(7)).toMatchObject({ unit: 'a.service' });
  });

  it('sees the end of each of many, if not at once', () => {
    const { unitOf } = units();
    for (let pid = 1; pid <= 600; pid += 1) {
      proc.start(pid, { cgroup: '/system.slice/a.service' });
      unitOf(pid);
    }
    for (let pid = 1; pid <= 600; pid += 1) proc.end(pid);
    proc.start(2000, { cgroup: '/system.slice/b.service' });
    for (let sweep = 0; sweep < 2; sweep += 1) {
      now += 10_000;
      unitOf(2000);
    }
    now += 60_001;
    for (const pid of [1, 300, 600]) expect(unitOf(pid)).toBeUndefined();
  });

  it('forgets those first that have been gone for longest when there are too many', () => {
    const { unitOf } = units({ maxKnown: 100 });
    // A process that starts and ends in the same moment, for each pid.
    const remember = (pid: number) => {
      proc.start(pid, { cgroup: '/system.slice/a.service' });
      unitOf(pid);
      proc.end(pid);
    };
    proc.start(1, { cgroup: '/system.slice/alive.service' });
    unitOf(1);
    for (let pid = 2; pid <= 100; pid += 1) {
      remember(pid);
      if (pid % 4 === 0) unitOf(pid);
      now += 1;
    }
    remember(200);
    expect(unitOf(1)).toMatchObject({ unit: 'alive.service' });
    proc.end(1);
    expect(unitOf(1)).toMatchObject({ unit: 'alive.service' });
    expect(unitOf(4)).toBeUndefined();
    expect(unitOf(200)).toMatchObject({ unit: 'a.service' });
    expect(unitOf(99)).toMatchObject({ unit: 'a.service' });
  });

  it.runIf(process.platform === 'linux')(
    'works on the real procfs, for a process that ends too',
    async () => {
      const { unitOf } = units({ procfs: '/proc' });
      const own = unitOfCgroup(readFileSync('/proc/self/cgroup', 'utf8'));
      expect(unitOf(process.pid)).toEqual(own);

      const child = spawn('sleep', ['60']);
      await once(child, 'spawn');
      const pid = child.pid ?? 0;
      const running = unitOf(pid);
      expect(running).toEqual(own);
      child.kill('SIGKILL');
      await once(child, 'exit');
      expect(unitOf(pid)).toBe(running);
    },
  );
});

describe('readUserNames', () => {
  it('gives names by number', async () => {
    const folder = tempFolder({
      passwd: 'root:x:0:0::/root:/bin/sh\nann:x:1000:1000::/:/bin/sh\nodd\n:x:5:\n',
    });
    expect(await readUserNames(`${folder}/passwd`)).toEqual(
      new Map([
        [0, 'root'],
        [1000, 'ann'],
      ]),
    );
    expect(await readUserNames(`${folder}/nonesuch`)).toEqual(new Map());
  });
});
