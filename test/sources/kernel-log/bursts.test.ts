import { describe, expect, it } from 'vitest';
import type { KernelEvent } from '../../../src/domain/kernel-log.ts';
import { createBursts } from '../../../src/sources/kernel-log/bursts.ts';

const xid = (xidNumber: number, pid: number | undefined, pciBusId = '0000:01:00.0'): KernelEvent => ({
  kind: 'xid',
  pciBusId,
  xid: xidNumber,
  pid,
  processName: '',
  gpuInstance: undefined,
  recoveryAction: undefined,
});

describe('createBursts', () => {
  it('tells the first of a burst, and with the next how many were swallowed', () => {
    const burstOf = createBursts();
    expect([0, 1, 2, 4.9, 5, 6, 20].map((seconds) => burstOf(xid(45, 7), seconds))).toEqual([
      0,
      undefined,
      undefined,
      undefined,
      3,
      undefined,
      1,
    ]);
  });

  it('tells other GPUs, numbers, processes and kinds apart', () => {
    const burstOf = createBursts();
    const events: readonly KernelEvent[] = [
      xid(45, 7),
      xid(45, 8),
      xid(45, undefined),
      xid(46, 7),
      xid(45, 7, '0000:02:00.0'),
      { kind: 'gpu-lost', pciBusId: '0000:01:00.0' },
      { kind: 'io-error', device: 'sda' },
      { kind: 'io-error', device: 'sdb' },
      { kind: 'thermal-throttle', scope: 'core' },
      { kind: 'filesystem-error', filesystem: 'xfs', device: 'sda' },
      { kind: 'sxid', pciBusId: '0000:01:00.0', sxid: 1, severity: 'fatal' },
      { kind: 'gpu-driver', driver: 'xe', pciBusId: '', trouble: 'reset' },
      { kind: 'oom-kill', pid: 7, processName: '', cgroup: '' },
    ];
    expect(events.map((event) => burstOf(event, 1))).toEqual(events.map(() => 0));
    expect(events.map((event) => burstOf(event, 2))).toEqual(events.map(() => undefined));
  });

  it('is not silenced by a clock that was set back', () => {
    const burstOf = createBursts();
    burstOf(xid(45, 7), 1000);
    expect(burstOf(xid(45, 7), 10)).toBe(0);
  });
});
