import { describe, expect, it } from 'vitest';
import type { PciGpuReading } from '../../../src/domain/pci.ts';
import { createCompleting } from '../../../src/sources/gpu/complete.ts';
import { gpuReading } from '../../fakes/gpu-reading.ts';

const ADDRESS = '0000:01:00.0';

function onBus(link: PciGpuReading['link'], pciBusId = ADDRESS): PciGpuReading {
  return {
    pciBusId,
    vendor: 'nvidia',
    pciId: '10de:2684',
    driver: 'nvidia',
    runtimeStatus: 'active',
    present: true,
    link,
    aerErrors: {},
  };
}

const asked = (action: number, seconds: number) => [{ pciBusId: ADDRESS, uuid: '', action, seconds }];

describe('the link', () => {
  it('is told by the bus where the driver does not, and only there', () => {
    const gpu = gpuReading({ pcie: { generation: 3, replays: 7 } });
    const pci = [onBus({ generation: 1, width: 8, widthMax: 16 })];
    const [whole] = createCompleting()([gpu], { pci, recoveryActions: [], readSeconds: 5 });
    expect(whole?.pcie).toEqual({ generation: 3, replays: 7, width: 8, widthMax: 16 });
  });

  it('is not told by that of another GPU', () => {
    const gpu = gpuReading();
    const pci = [onBus({ width: 8 }, '0000:02:00.0')];
    expect(createCompleting()([gpu], { pci, recoveryActions: [], readSeconds: 5 })).toEqual([gpu]);
  });
});

describe('the recovery action', () => {
  it.each([
    ['the log says, where the driver does not', undefined, asked(1, 10), 20, 1],
    ['the log says, where that is newer than the reading', 0, asked(2, 30), 20, 2],
    ['the driver says, where the reading is newer', 0, asked(2, 10), 20, 0],
    ['the log says, where nothing was ever read', 0, asked(4, 10), undefined, 4],
    ['nobody says, where nobody does', undefined, [], 20, undefined],
  ])('is what %s', (_, recoveryAction, recoveryActions, readSeconds, expected) => {
    const gpu = gpuReading({ recoveryAction });
    const [whole] = createCompleting()([gpu], { pci: [], recoveryActions, readSeconds });
    expect(whole?.recoveryAction).toBe(expected);
  });
});

describe('a reading', () => {
  const pci = [onBus({ width: 8 })];

  it('is the same object as before while nothing has changed', () => {
    const complete = createCompleting();
    const evidence = { pci, recoveryActions: asked(1, 10), readSeconds: 5 };
    const gpu = gpuReading();
    const [first] = complete([gpu], evidence);
    expect(first).not.toBe(gpu);
    expect(complete([gpu], evidence)[0]).toBe(first);
  });

  it('is another when the log asks for something else, or the link has changed', () => {
    const complete = createCompleting();
    const gpu = gpuReading();
    const evidence = { pci, recoveryActions: asked(1, 10), readSeconds: 5 };
    complete([gpu], evidence);
    expect(complete([gpu], { ...evidence, recoveryActions: asked(2, 11) })[0]?.recoveryAction).toBe(2);
    expect(complete([gpu], { ...evidence, pci: [onBus({ width: 4 })] })[0]?.pcie.width).toBe(4);
  });

  it('is left as it is where nothing is missing', () => {
    const gpu = gpuReading();
    expect(createCompleting()([gpu], { pci: [], recoveryActions: [], readSeconds: 5 })[0]).toBe(gpu);
  });
});
