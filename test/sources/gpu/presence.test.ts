import { describe, expect, it } from 'vitest';
import type { PciGpuReading } from '../../../src/domain/pci.ts';
import { createPresence, type PresenceEvidence } from '../../../src/sources/gpu/presence.ts';
import { gpuReading } from '../../fakes/gpu-reading.ts';

const FIRST = '0000:01:00.0';
const SECOND = '0000:02:00.0';

const onBus = (pciBusId: string, given: Partial<PciGpuReading> = {}): PciGpuReading => ({
  pciBusId,
  vendor: 'nvidia',
  pciId: '10de:2684',
  driver: 'nvidia',
  runtimeStatus: 'active',
  present: true,
  link: {},
  aerErrors: {},
  ...given,
});

/** What the log says of one that fell off the bus at this time. */
const fellOff = (seconds: number) => [{ pciBusId: SECOND, uuid: '', vendor: 'nvidia' as const, seconds }];

const asked = (seconds: number) => new Map([['nvidia' as const, seconds]]);

const NOBODY = new Map<'nvidia', number>();

const well = (given: Parameters<typeof gpuReading>[0]) => gpuReading({ powerWatts: 60, ...given });

const evidence = (given: Partial<PresenceEvidence> = {}): PresenceEvidence => ({
  pci: [onBus(FIRST), onBus(SECOND)],
  gpus: [
    well({ gpu: '0', uuid: 'GPU-a', pciBusId: FIRST }),
    well({ gpu: '1', uuid: 'GPU-b', pciBusId: SECOND }),
  ],
  askedSeconds: asked(1000),
  lostByTool: [],
  lostByLog: [],
  ...given,
});

describe('the presence of GPUs', () => {
  it('finds all that are there', () => {
    const { gpus, counts } = createPresence()(evidence());
    expect(gpus.map(({ uuid, lost }) => [uuid, lost])).toEqual([
      ['GPU-a', false],
      ['GPU-b', false],
    ]);
    expect(counts).toEqual([{ vendor: 'nvidia', expected: 2, visible: 2 }]);
  });

  const alone = [well({ gpu: '0', uuid: 'GPU-a', pciBusId: FIRST })];

  it.each([
    ['the bus', { pci: [onBus(FIRST), onBus(SECOND, { present: false, driver: '' })] }],
    ['the tool', { lostByTool: [SECOND] }],
    ['the kernel log', { lostByLog: fellOff(1500), askedSeconds: asked(2000) }],
  ])('believes %s alone that one is gone, and still knows its name', (_, said) => {
    const judge = createPresence();
    judge(evidence());
    const { gpus, counts } = judge(evidence({ gpus: alone, ...said }));
    expect(gpus.map(({ uuid, lost }) => [uuid, lost])).toEqual([
      ['GPU-a', false],
      ['GPU-b', true],
    ]);
    expect(counts).toEqual([{ vendor: 'nvidia', expected: 2, visible: 1 }]);
  });

  it('takes one that the log had lost for back once it is read again', () => {
    const { gpus } = createPresence()(evidence({ lostByLog: fellOff(900) }));
    expect(gpus.map(({ lost }) => lost)).toEqual([false, false]);
  });

  it('does not lose it once more when nothing can be read afterwards', () => {
    const judge = createPresence();
    judge(evidence({ lostByLog: fellOff(900) }));
    const { gpus } = judge(evidence({ gpus: [], askedSeconds: NOBODY, lostByLog: fellOff(900) }));
    expect(gpus.map(({ lost }) => lost)).toEqual([false, false]);
  });

  it('believes the log before the next reading: what was read is older', () => {
    const { gpus } = createPresence()(evidence({ lostByLog: fellOff(1001) }));
    expect(gpus.map(({ lost }) => lost)).toEqual([false, true]);
  });

  it('does not say that none is visible where nobody has been asked', () => {
    const { counts } = createPresence()(evidence({ gpus: [], askedSeconds: NOBODY }));
    expect(counts).toEqual([{ vendor: 'nvidia', expected: 2, visible: undefined }]);
  });

  it('leaves out what has been given to a virtual machine', () => {
    const { gpus, counts } = createPresence()(
      evidence({ gpus: alone, pci: [onBus(FIRST), onBus(SECOND, { driver: 'vfio-pci' })] }),
    );
    expect(gpus.map(({ pciBusId }) => pciBusId)).toEqual([FIRST]);
    expect(counts).toEqual([{ vendor: 'nvidia', expected: 1, visible: 1 }]);
  });

  it.each([
    ['the tool', { lostByTool: [SECOND] }],
    ['the kernel log', { lostByLog: fellOff(1500) }],
  ])('believes %s also about one that is not on the bus any more', (_, said) => {
    const { gpus, counts } = createPresence()(evidence({ pci: [onBus(FIRST)], gpus: alone, ...said }));
    expect(gpus.map(({ pciBusId, lost }) => [pciBusId, lost])).toEqual([
      [FIRST, false],
      [SECOND, true],
    ]);
    expect(counts).toEqual([{ vendor: 'nvidia', expected: 2, visible: 1 }]);
  });

  it('does not take one that is listed without any value for one that has come back', () => {
    const listed = [...alone, gpuReading({ gpu: '1', uuid: 'GPU-b', pciBusId: SECOND })];
    const { gpus } = createPresence()(evidence({ gpus: listed, lostByLog: fellOff(900) }));
    expect(gpus.map(({ lost }) => lost)).toEqual([false, true]);
  });

  it('takes one that sleeps for there', () => {
    const pci = [onBus(FIRST), onBus(SECOND, { runtimeStatus: 'suspended', present: undefined })];
    const { gpus, counts } = createPresence()(evidence({ gpus: alone, pci }));
    expect(gpus.map(({ lost }) => lost)).toEqual([false, false]);
    expect(counts).toEqual([{ vendor: 'nvidia', expected: 2, visible: 2 }]);
  });

  it('dates each maker by its own reading', () => {
    const amd = { vendor: 'amd' as const };
    const { gpus } = createPresence()(
      evidence({
        pci: [onBus(FIRST, amd)],
        gpus: [well({ pciBusId: FIRST, ...amd })],
        askedSeconds: new Map([
          ['nvidia', 2000],
          ['amd', 1000],
        ]),
        lostByLog: [{ pciBusId: FIRST, uuid: '', ...amd, seconds: 1500 }],
      }),
    );
    expect(gpus).toMatchObject([{ pciBusId: FIRST, vendor: 'amd', lost: true }]);
  });
});
