import { describe, expect, it, onTestFinished } from 'vitest';
import { Failure } from '../../../src/domain/errors.ts';
import type { KernelNotice } from '../../../src/domain/kernel-log.ts';
import { systemClock } from '../../../src/host/clock.ts';
import type { Kmsg } from '../../../src/host/kmsg.ts';
import { type KernelLogOptions, startKernelLog } from '../../../src/sources/kernel-log/source.ts';
import { recordedLog } from '../../fakes/recorded-log.ts';
import { waitFor } from '../../lab/wait.ts';
import { rawRecords } from './captured.ts';

const GPU = { uuid: 'GPU-b', vendor: 'nvidia', pciBusId: '0000:42:00.0' } as const;

const hastyClock = {
  ...systemClock,
  sleep: (_: number, signal?: AbortSignal) => systemClock.sleep(1, signal),
};

function noKmsg(): Kmsg {
  throw new Failure('refused', '/dev/kmsg: EPERM');
}

/** Starts with some records in the log already; `write` adds others. */
function started(raw: readonly string[], more: Partial<KernelLogOptions> = {}) {
  const waiting = [...raw];
  const notices: KernelNotice[] = [];
  const { log, lines } = recordedLog();
  const kmsg = (): Kmsg => ({
    read() {
      const record = waiting.shift();
      return record === undefined ? 'drained' : { record };
    },
    close: () => undefined,
  });
  const kernelLog = startKernelLog({
    openKmsg: kmsg,
    journalctl: ['/nowhere/journalctl'],
    gpus: () => [GPU],
    unitOfPid: (pid) => ({ unit: `train-${pid}.service`, user: undefined }),
    clock: hastyClock,
    log,
    ...more,
  });
  kernelLog.onEvent((notice) => void notices.push(notice));
  onTestFinished(() => kernelLog.stop());
  const counted = () => waitFor('counts', () => kernelLog.read().counts, { everyMs: 1 });
  return { kernelLog, notices, lines, counted, write: (text: string) => void waiting.push(text) };
}

const noticed = (notices: readonly KernelNotice[], count: number) =>
  waitFor(`${count} notices`, () => (notices.length >= count ? notices : undefined), { everyMs: 1 });

describe('startKernelLog', () => {
  it('counts all that the log had, and tells of it as of the past', async () => {
    const { counted, notices, kernelLog } = started(rawRecords('nvidia'));
    expect(kernelLog.read().counts).toBeUndefined();
    const { xids, lostGpus } = await counted();
    expect(xids).toContainEqual(
      expect.objectContaining({ pciBusId: '0000:42:00.0', xid: '31', uuid: 'GPU-b', count: 1 }),
    );
    expect(xids).toContainEqual(expect.objectContaining({ pciBusId: '0000:42:00.0', xid: '79', count: 0 }));
    expect(lostGpus.map(({ pciBusId }) => pciBusId)).toEqual([
      '0000:41:00.0',
      '0000:45:00.0',
      '0000:46:00.0',
      '0000:47:00.0',
    ]);
    expect(notices.every(({ replayed }) => replayed)).toBe(true);
    expect(kernelLog.read()).toMatchObject({ source: 'kmsg', up: true, gaps: 0 });
    expect(kernelLog.read().counts).toBe(kernelLog.read().counts);
  });

  it('names the unit of a process while its pid is its own, and not from the past', async () => {
    const line = 'NVRM: Xid (PCI:0000:42:00): 31, pid=5, name=python3, MMU Fault';
    const { counted, notices, write } = started([`4,1,1000,-;${line}\n`]);
    await counted();
    write(`4,2,90000000,-;${line}\n`);
    await noticed(notices, 2);
    expect(notices.map(({ unit, uuid, replayed }) => ({ unit: unit?.unit, uuid, replayed }))).toEqual([
      { unit: undefined, uuid: 'GPU-b', replayed: true },
      { unit: 'train-5.service', uuid: 'GPU-b', replayed: false },
    ]);
  });

  it('tells of an Xid although nobody can say whose process it was', async () => {
    const unitOfPid = () => {
      throw new Error('no /proc');
    };
    const { counted, notices, write } = started(['6,1,1,-;text\n'], { unitOfPid });
    await counted();
    write('4,2,90000000,-;NVRM: Xid (PCI:0000:42:00): 31, pid=5, name=python3, MMU Fault\n');
    expect((await noticed(notices, 1))[0]?.unit).toBeUndefined();
  });

  it('names the unit that lost a process for want of memory', async () => {
    const { counted, notices } = started(rawRecords('memory'));
    await counted();
    expect(notices.map(({ unit }) => unit?.unit)).toEqual([
      'eater.service',
      'user@1000.service',
      'group.service',
      'group.service',
      'torn.service',
      undefined,
    ]);
  });

  it('counts each line of a burst, and tells of it once', async () => {
    const line = 'NVRM: Xid (PCI:0000:42:00): 45, pid=5, name=python3, Ch';
    const { counted, notices } = started([1, 2, 3].map((seq) => `4,${seq},100${seq},-;${line} ${seq}\n`));
    const { xids } = await counted();
    expect(xids.find(({ xid }) => xid === '45')?.count).toBe(3);
    expect(notices.map(({ text, collapsed }) => ({ text, collapsed }))).toEqual([
      { text: `${line} 1`, collapsed: 0 },
    ]);
  });

  it('tells in a text that can be shown anywhere', async () => {
    const { counted, notices } = started([
      `4,1,1,-;NVRM: Xid (PCI:0000:42:00): 31, pid=5, name=\\x1b[31m\\x0a, ${'x'.repeat(999)}\n`,
    ]);
    await counted();
    expect(notices[0]?.text).toMatch(/^NVRM: Xid \(PCI:0000:42:00\): 31, pid=5, name= \[31m , x{1,256}$/);
    expect(notices[0]?.text.length).toBeLessThanOrEqual(256);
  });

  it('goes on when a listener fails', async () => {
    const { counted, kernelLog, notices, lines } = started(rawRecords('storage'));
    kernelLog.onEvent(() => {
      throw new Error('listener');
    });
    expect((await counted()).filesystemErrors).not.toEqual([]);
    expect(notices.length).toBeGreaterThan(1);
    expect(lines).toContainEqual(expect.objectContaining({ level: 'error', fields: { err: 'listener' } }));
  });

  it('says nothing of a log that cannot be read, here nor in the journal, and says so once', async () => {
    const { kernelLog, lines } = started([], { openKmsg: noKmsg });
    await waitFor('two lines', () => (lines.length >= 2 ? lines : undefined), { everyMs: 1 });
    expect(kernelLog.read()).toEqual({
      source: 'journalctl',
      up: false,
      lagSeconds: undefined,
      gaps: 0,
      counts: undefined,
    });
    expect(lines.map(({ level }) => level)).toEqual(['info', 'warn']);
  });
});
