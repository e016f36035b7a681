import { describe, expect, it } from 'vitest';
import type { ProcessStat } from '../../../src/host/processes/process-stat.ts';
import { daemonTree } from '../../../src/sources/pidfile/tree.ts';
import { cgroupUsage, ownCgroup, treeUsage } from '../../../src/sources/pidfile/usage.ts';
import { tempFolder } from '../../fakes/temp-folder.ts';

const process = (pid: number, parent: number, session: number): ProcessStat => ({
  pid,
  parent,
  session,
  startTicks: pid,
  cpuSeconds: 1,
  isKernelThread: false,
});

function treeOf(pid: number, ...all: readonly ProcessStat[]): readonly number[] {
  const byPid = new Map(all.map((one) => [one.pid, one]));
  const main = byPid.get(pid);
  if (main === undefined) throw new Error('no such process');
  return daemonTree(main, byPid)
    .map((one) => one.pid)
    .toSorted((one, other) => one - other);
}

describe('daemonTree', () => {
  it('has children and theirs, in whatever session', () => {
    expect(
      treeOf(10, process(10, 1, 9), process(11, 10, 9), process(12, 11, 12), process(20, 1, 20)),
    ).toEqual([10, 11, 12]);
  });

  it('has what has lost its parent, but not its session, with its children', () => {
    expect(treeOf(10, process(10, 1, 9), process(15, 1, 9), process(16, 15, 16))).toEqual([10, 15, 16]);
  });

  it('has its session where it has begun that itself', () => {
    expect(treeOf(10, process(10, 1, 10), process(15, 1, 10))).toEqual([10, 15]);
  });

  it('does not have all of a session that somebody else has begun, as a shell', () => {
    expect(treeOf(10, process(5, 1, 5), process(10, 5, 5), process(15, 5, 5))).toEqual([10]);
  });

  it('does not take processes without a session for one', () => {
    expect(treeOf(10, process(10, 1, 0), process(15, 1, 0))).toEqual([10]);
  });

  it('ends also where two processes are each the parent of the other', () => {
    expect(treeOf(10, process(10, 11, 9), process(11, 10, 9))).toEqual([10, 11]);
  });
});

describe('what a daemon uses', () => {
  const tree = [process(10, 1, 10), process(11, 10, 10)];
  const [main] = tree;

  function machine(files: Readonly<Record<string, string>>) {
    const folder = tempFolder(files);
    return { procfs: `${folder}/proc`, cgroups: `${folder}/cgroup` };
  }

  it.each([
    ['its own', '10\n11\n', true],
    ['one with other processes', '10\n11\n12\n', false],
    ['one that is empty', '', false],
  ])('is in %s cgroup', (_what, procs, isOwn) => {
    const options = machine({ 'proc/10/cgroup': '0::/a.scope\n', 'cgroup/a.scope/cgroup.procs': procs });
    const expected = isOwn ? `${options.cgroups}/a.scope` : undefined;
    expect(main && ownCgroup(options, main, tree)).toBe(expected);
  });

  it.each(['0::/\n', '0::/../x\n', '1:name=systemd:/a\n', ''])('is in no cgroup by %j', (text) => {
    const options = machine({ 'proc/10/cgroup': text, 'cgroup/cgroup.procs': '10\n' });
    expect(main && ownCgroup(options, main, tree)).toBeUndefined();
  });

  it('is what its cgroup has counted', () => {
    const folder = tempFolder({ 'cpu.stat': 'usage_usec 2500000\n', 'memory.current': '8192\n' });
    expect(cgroupUsage(folder, tree)).toEqual({ processes: 2, cpuSeconds: 2.5, memoryBytes: 8192 });
    expect(cgroupUsage(`${folder}/x`, tree)).toMatchObject({ cpuSeconds: undefined, memoryBytes: undefined });
  });

  it('is the sum over its processes where it has no cgroup', () => {
    const procfs = tempFolder({
      '10/status': 'VmPeak:\t9 kB\nVmRSS:\t   100 kB\n',
      '11/status': 'VmRSS:\t20 kB\n',
    });
    expect(treeUsage(procfs, tree)).toEqual({ processes: 2, cpuSeconds: 2, memoryBytes: 120 * 1024 });
    expect(treeUsage(`${procfs}/x`, tree).memoryBytes).toBeUndefined();
  });
});
