import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  parseDisks,
  parseLoad,
  parseMemory,
  parseNetworkDevices,
  parsePressure,
  parseStat,
} from '../../../src/sources/machine/parse.ts';
import { anyText } from '../../fakes/any-text.ts';

describe('what procfs says', () => {
  it('is the load of three spans of time', () => {
    expect(parseLoad('0.52 1.58 12.00 3/1234 56789\n')).toEqual({
      'load.1': 0.52,
      'load.5': 1.58,
      'load.15': 12,
    });
  });

  it('is memory in bytes, without what an old kernel does not tell', () => {
    const text =
      'MemTotal:       24684096 kB\nMemFree:         1000000 kB\nBuffers:             100 kB\nCached:             2000 kB\n' +
      'SwapCached:            7 kB\nSwapTotal:             0 kB\nSwapFree:              0 kB\nHugePages_Total:       0\n';
    expect(parseMemory(text)).toEqual({
      'memory.total': 25_276_514_304,
      'memory.free': 1_024_000_000,
      'memory.buffers': 102_400,
      'memory.cached': 2_048_000,
      'swap.total': 0,
      'swap.free': 0,
    });
  });

  it('is pressure in seconds; of the CPU without the 0 that stands for unknown', () => {
    const text =
      'some avg10=0.00 avg60=0.00 avg300=0.00 total=1500000\nfull avg10=0.00 avg60=0.00 avg300=0.00 total=500000\n';
    expect(parsePressure('io', text)).toEqual({ 'pressure.io.waiting': 1.5, 'pressure.io.stalled': 0.5 });
    expect(parsePressure('cpu', text)).toEqual({ 'pressure.cpu.waiting': 1.5 });
    expect(parsePressure('memory', '')).toEqual({});
  });

  it('is the time of all processors by mode, how many they are, and when the machine started', () => {
    const text =
      'cpu  100 2 300 4000 50 6 70 8 9 10\ncpu0 50 1 150 2000 25 3 35 4 0 0\ncpu11 50 1 150 2000 25 3 35 4 0 0\n' +
      'intr 12345 1 2 3\nctxt 99\nbtime 1767225600\nprocesses 5\n';
    expect(parseStat(text)).toEqual({
      values: { bootSeconds: 1_767_225_600, cpus: 2 },
      cpuSeconds: {
        user: 1,
        nice: 0.02,
        system: 3,
        idle: 40,
        iowait: 0.5,
        irq: 0.06,
        softirq: 0.7,
        steal: 0.08,
      },
    });
    expect(parseStat('cpu  100 2 300 4000\n').cpuSeconds).toEqual({
      user: 1,
      nice: 0.02,
      system: 3,
      idle: 40,
    });
  });

  it('is the traffic of network devices, also where a number follows the name without a space', () => {
    const text =
      'Inter-|   Receive                                                |  Transmit\n' +
      ' face |bytes    packets errs drop fifo frame compressed multicast|bytes    packets errs drop fifo colls carrier compressed\n' +
      '    lo:     10       1    0    0    0     0          0         0       10       1    0    0    0     0       0          0\n' +
      '  eth0:1000 20 3 4 0 0 0 0 5000 60 7 8 0 0 0 0\n' +
      'eth0:1: 1 2 3 4 0 0 0 0 5 6 7 8 0 0 0 0\n' +
      '  bad0: 1 2 3\n';
    expect(parseNetworkDevices(text)).toEqual([
      {
        device: 'lo',
        received: { bytes: 10, packets: 1, errors: 0, drops: 0 },
        sent: { bytes: 10, packets: 1, errors: 0, drops: 0 },
      },
      {
        device: 'eth0',
        received: { bytes: 1000, packets: 20, errors: 3, drops: 4 },
        sent: { bytes: 5000, packets: 60, errors: 7, drops: 8 },
      },
      {
        device: 'eth0:1',
        received: { bytes: 1, packets: 2, errors: 3, drops: 4 },
        sent: { bytes: 5, packets: 6, errors: 7, drops: 8 },
      },
    ]);
  });

  it('is what disks have done, in bytes and seconds', () => {
    const text =
      ' 259       0 nvme0n1 1000 5 2048 300 2000 6 4096 700 0 1500 1000 0 0 0 0 17 9\n' +
      '   8       0 cciss/c0d0 1 0 8 0 0 0 0 0 0 4 4\n' +
      '   8       1 short 1 2 3\n';
    expect(parseDisks(text)).toEqual([
      {
        device: 'nvme0n1',
        reads: 1000,
        readBytes: 1_048_576,
        writes: 2000,
        writtenBytes: 2_097_152,
        ioSeconds: 1.5,
      },
      { device: 'cciss/c0d0', reads: 1, readBytes: 4096, writes: 0, writtenBytes: 0, ioSeconds: 0.004 },
    ]);
  });

  it('is never something that is no number, whatever it is', () => {
    const numbersIn = (value: unknown): readonly unknown[] =>
      typeof value === 'object' && value !== null ? Object.values(value).flatMap(numbersIn) : [value];
    fc.assert(
      fc.property(anyText(), (text) => {
        const said = [
          parseLoad(text),
          parseMemory(text),
          parsePressure('io', text),
          parseStat(text),
          parseNetworkDevices(text),
          parseDisks(text),
        ];
        const numbers = said.flatMap(numbersIn).filter((value) => typeof value !== 'string');
        expect(numbers.filter((value) => !Number.isFinite(value))).toEqual([]);
      }),
    );
  });
});
