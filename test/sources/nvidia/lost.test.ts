import { expect, it } from 'vitest';
import { pciAddress } from '../../../src/domain/pci.ts';
import { lostByLines } from '../../../src/sources/nvidia/lost.ts';

it.each([
  [
    'Unable to determine the device handle for GPU 0000:02:00.0: GPU is lost. Reboot the system',
    ['0000:02:00.0'],
  ],
  ['Unable to determine the device handle for GPU 0000:0B:00.0: Unknown Error', ['0000:0b:00.0']],
  ['Unable to determine the device handle for GPU0000:07:00.0: Unknown Error', ['0000:07:00.0']],
  ['Unable to determine the device handle for GPU1: 0000:34:00.0: Unknown Error', ['0000:34:00.0']],
  ['Unable to determine the device handle for GPU somewhere: Unknown Error', []],
  ['No devices were found', []],
  ['', []],
])('%j is the end of %j', (line, lost) => {
  expect(lostByLines(`${line}\n`)).toEqual(lost);
});

it('finds every one of several', () => {
  const line = (bus: string) =>
    `Unable to determine the device handle for GPU 0000:${bus}:00.0: Unknown Error\n`;
  expect(lostByLines(line('01') + line('8a'))).toEqual(['0000:01:00.0', '0000:8a:00.0']);
});

it.each([
  ['00000000:01:00.0', '0000:01:00.0'],
  ['0000:C1:00.0', '0000:c1:00.0'],
  ['00010000:0A:00.0', '10000:0a:00.0'],
  ['N/A', ''],
  ['0000:01:00', '0000:01:00.0'],
  ['0000:01', ''],
])('the kernel writes %s as %j', (printed, address) => {
  expect(pciAddress(printed)).toBe(address);
});
