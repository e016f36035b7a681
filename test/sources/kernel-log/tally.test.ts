import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CRITICAL_XIDS, type KernelEvent, stillLost } from '../../../src/domain/kernel-log.ts';
import { createTally, type KnownGpu } from '../../../src/sources/kernel-log/tally.ts';
import { CAPTURES, capturedRecords, eventsOf } from './captured.ts';

const GPU: KnownGpu = { uuid: 'GPU-a', vendor: 'nvidia', pciBusId: '0000:01:00.0' };

const xid = (number: number, pciBusId = '0000:01:00.0', recoveryAction?: number): KernelEvent => ({
  kind: 'xid',
  pciBusId,
  xid: number,
  pid: undefined,
  processName: '',
  gpuInstance: undefined,
  recoveryAction,
});

describe('createTally', () => {
  it('has the critical Xids of known NVIDIA GPUs at 0, and of nobody else', () => {
    const others: readonly KnownGpu[] = [
      { uuid: '', vendor: 'amd', pciBusId: '0000:02:00.0' },
      { uuid: '', vendor: 'jetson', pciBusId: '' },
    ];
    const { xids } = createTally(() => [GPU, ...others]).counts();
    expect(xids).toEqual(
      CRITICAL_XIDS.map((number) => ({
        pciBusId: '0000:01:00.0',
        uuid: 'GPU-a',
        xid: String(number),
        count: 0,
        lastSeconds: undefined,
      })),
    );
  });

  it('has no Xid at all where there is no GPU', () => {
    expect(createTally(() => []).counts().xids).toEqual([]);
  });

  it('counts lines, and keeps when the last one was', () => {
    const tally = createTally(() => [GPU]);
    tally.add(xid(79), 100);
    tally.add(xid(79), 90);
    const { xids } = tally.counts();
    expect(xids.filter(({ xid: number }) => number === '79')).toEqual([
      { pciBusId: '0000:01:00.0', uuid: 'GPU-a', xid: '79', count: 2, lastSeconds: 100 },
    ]);
    expect(xids).toHaveLength(CRITICAL_XIDS.length);
  });

  it('gives the same object until something happens', () => {
    let gpus = [GPU];
    const tally = createTally(() => [...gpus]);
    const first = tally.counts();
    expect(tally.counts()).toBe(first);
    tally.add({ kind: 'io-error', device: 'sda' }, 1);
    const second = tally.counts();
    expect(second).not.toBe(first);
    gpus = [GPU, { ...GPU, pciBusId: '0000:02:00.0' }];
    expect(tally.counts()).not.toBe(second);
    expect(tally.counts()).toBe(tally.counts());
  });

  it('still knows a GPU that is no longer listed, and one that only the log has named', () => {
    let gpus: readonly KnownGpu[] = [GPU];
    const tally = createTally(() => gpus);
    tally.counts();
    gpus = [];
    tally.add({ kind: 'gpu-identified', pciBusId: '0000:02:00.0', uuid: 'GPU-b' }, 1);
    tally.add({ kind: 'gpu-lost', pciBusId: '0000:01:00.0' }, 2);
    tally.add(xid(79, '0000:02:00.0'), 3);
    expect(tally.counts().lostGpus).toEqual([
      { pciBusId: '0000:01:00.0', uuid: 'GPU-a', vendor: 'nvidia', seconds: 2 },
      { pciBusId: '0000:02:00.0', uuid: 'GPU-b', vendor: 'nvidia', seconds: 3 },
    ]);
    expect(tally.uuidOf('0000:02:00.0')).toBe('GPU-b');
  });

  it('keeps what the driver last said should be done about a GPU', () => {
    const tally = createTally(() => [GPU]);
    tally.add(xid(154, '0000:01:00.0', 1), 1);
    tally.add(xid(154, '0000:01:00.0', 2), 2);
    tally.add(xid(154, '0000:01:00.0'), 3);
    expect(tally.counts().recoveryActions).toEqual([
      { pciBusId: '0000:01:00.0', uuid: 'GPU-a', action: 2, seconds: 2 },
    ]);
  });

  it('counts every kind of event of the captures', () => {
    const tally = createTally(() => []);
    for (const event of CAPTURES.flatMap((name) => eventsOf(capturedRecords(name)))) tally.add(event, 1);
    expect(tally.counts()).toMatchObject({
      oomKills: 6,
      thermalThrottles: { core: 1, package: 1 },
      ioErrors: [
        { device: 'sdx', count: 1 },
        { device: 'nvme7n1', count: 1 },
        { device: 'sdx1', count: 1 },
        { device: 'nvme7', count: 3 },
      ],
      sxids: [
        { pciBusId: '0000:c1:00.0', sxid: '20034', severity: 'fatal', count: 1 },
        { pciBusId: '0000:c1:00.0', sxid: '12028', severity: 'non_fatal', count: 1 },
      ],
    });
  });

  it('never has more series than its limits, and loses no count', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 2000 }), (lines) => {
        const tally = createTally(() => []);
        for (let line = 0; line < lines; line += 1) {
          tally.add({ kind: 'io-error', device: `sd${line}` }, line);
          tally.add(xid(line), line);
        }
        const { ioErrors, xids } = tally.counts();
        expect(ioErrors.length).toBeLessThanOrEqual(129);
        expect(xids.length).toBeLessThanOrEqual(513);
        const sum = (counts: readonly { readonly count: number }[]) =>
          counts.reduce((total, { count }) => total + count, 0);
        expect([sum(ioErrors), sum(xids)]).toEqual([lines, lines]);
      }),
      { numRuns: 20 },
    );
  });
});

describe('stillLost', () => {
  const lostGpus = [
    { pciBusId: '0000:01:00.0', uuid: 'GPU-a', vendor: 'nvidia' as const, seconds: 100 },
    { pciBusId: '0000:02:00.0', uuid: 'GPU-b', vendor: 'nvidia' as const, seconds: 100 },
    { pciBusId: '0000:03:00.0', uuid: 'GPU-c', vendor: 'nvidia' as const, seconds: 100 },
  ];

  it('leaves out a GPU that was well after it was lost', () => {
    const healthy = new Map([
      ['0000:01:00.0', 101],
      ['0000:02:00.0', 99],
    ]);
    expect(stillLost(lostGpus, (pciBusId) => healthy.get(pciBusId))).toEqual(lostGpus.slice(1));
  });
});
