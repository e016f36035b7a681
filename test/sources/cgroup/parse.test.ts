import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  parseCount,
  parseField,
  parseStall,
  sumDevices,
  sumOperations,
} from '../../../src/sources/cgroup/parse.ts';

describe('a number alone in a file', () => {
  it.each([
    ['0\n', 0],
    ['4096\n', 4096],
    ['4096', 4096],
    ['max\n', undefined],
    ['', undefined],
    ['\n', undefined],
    ['-1\n', undefined],
    ['1.5\n', undefined],
    ['1 2\n', undefined],
    ['12\n13\n', undefined],
  ])('in %j is %s', (text, value) => {
    expect(parseCount(text)).toBe(value);
  });

  it('is what the kernel wrote', () => {
    fc.assert(
      fc.property(fc.nat(), (n) => {
        expect(parseCount(`${n}\n`)).toBe(n);
      }),
    );
  });
});

describe('a field of a file', () => {
  const text = 'anon 4096\nfile 8192\ninactive_anon 5\nanon_thp 7\nempty \nkernel 512\n';
  it.each([
    ['anon', 4096],
    ['file', 8192],
    ['inactive_anon', 5],
    ['anon_thp', 7],
    ['kernel', 512],
    ['thp', undefined],
    ['empty', undefined],
    ['kernel_stack', undefined],
  ])('called %s is %s', (key, value) => {
    expect(parseField(text, key)).toBe(value);
  });

  it('is found wherever it stands among others', () => {
    const key = fc.stringMatching(/^[a-z_]{1,8}$/);
    const fields = fc.dictionary(key, fc.nat(), { minKeys: 1, maxKeys: 12 });
    fc.assert(
      fc.property(fields, (values) => {
        const file = Object.entries(values)
          .map(([name, value]) => `${name} ${value}\n`)
          .join('');
        for (const [name, value] of Object.entries(values)) expect(parseField(file, name)).toBe(value);
      }),
    );
  });
});

describe('a pressure file', () => {
  const text =
    'some avg10=0.12 avg60=0.00 avg300=0.00 total=1500000\nfull avg10=0.00 avg60=0.00 avg300=0.00 total=250000\n';
  it('tells seconds of both kinds', () => {
    expect([parseStall(text, 'some'), parseStall(text, 'full')]).toEqual([1.5, 0.25]);
  });

  it('of old kernels has no full line for cpu', () => {
    expect(parseStall(text.split('\n')[0] ?? '', 'full')).toBeUndefined();
  });

  it('that says nothing tells nothing', () => {
    expect(parseStall('', 'some')).toBeUndefined();
  });
});

describe('the sum over devices', () => {
  it('adds up each key by its whole name', () => {
    const text = '8:0 rbytes=1 wbytes=2 dbytes=4\n259:1 rbytes=10 wbytes=20 dbytes=40\n';
    expect([sumDevices(text, 'rbytes'), sumDevices(text, 'wbytes'), sumDevices(text, 'bytes')]).toEqual([
      11,
      22,
      undefined,
    ]);
  });

  it('is unknown without any device', () => {
    expect(sumDevices('', 'rbytes')).toBeUndefined();
    expect(sumOperations('Total 0\n', 'Read')).toBeUndefined();
  });

  it('adds up operations of v1', () => {
    const text = '8:0 Read 1\n8:0 Write 2\n8:0 Sync 99\n8:16 Read 10\nTotal 13\n';
    expect([sumOperations(text, 'Read'), sumOperations(text, 'Write')]).toEqual([11, 2]);
  });
});
