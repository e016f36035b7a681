import { describe, expect, it } from 'vitest';
import { gpuName, processName, shortGpuName } from '../../../src/cli/gpu/names.ts';
import type { GpuVendor } from '../../../src/domain/gpu.ts';
import { bareReading } from '../../../src/sources/gpu/bare-reading.ts';

const named = (vendor: GpuVendor, name: string, pciBusId = '0000:01:00.0') =>
  bareReading({ gpu: '0', uuid: '', vendor, pciBusId }, name);

describe('the name of a GPU', () => {
  it.each<[GpuVendor, string, string, string]>([
    ['nvidia', 'NVIDIA L4', 'NVIDIA L4', 'L4'],
    ['nvidia', 'Tesla V100-PCIE-32GB', 'Tesla V100-PCIE-32GB', 'Tesla V100-PCIE-32GB'],
    ['amd', 'AMD Instinct MI210', 'AMD Instinct MI210', 'Instinct MI210'],
    ['amd', '1002:744c', 'AMD GPU 1002:744c', 'AMD GPU 1002:744c'],
    ['intel', '8086:e20b', 'Intel GPU 8086:e20b', 'Intel GPU 8086:e20b'],
    ['nvidia', '', 'NVIDIA GPU 0000:01:00.0', 'NVIDIA GPU 0000:01:00.0'],
    ['jetson', 'Jetson AGX Orin', 'Jetson AGX Orin', 'AGX Orin'],
  ])('of %s that calls it "%s" is "%s", or "%s"', (vendor, name, whole, short) => {
    expect([gpuName(named(vendor, name)), shortGpuName(named(vendor, name))]).toEqual([whole, short]);
  });

  it('is the maker alone where nothing else is known', () => {
    expect(gpuName(named('jetson', '', ''))).toBe('Jetson GPU');
  });
});

describe('processName', () => {
  it.each([
    ['/usr/lib/xorg/Xorg', 'Xorg'],
    ['/srv/comfyui/venv/bin/python main.py --listen /run/a', 'python main.py --listen /run/a'],
    ['/opt/vllm/bin/python -m vllm.entrypoints.openai.api_server', 'python -m vllm.entrypoints.op...'],
    ['python', 'python'],
    ['', ''],
    ['C:\\games\\a b.exe', 'C:\\games\\a b.exe'],
    ['dir/', ''],
  ])('of "%s" is "%s"', (line, name) => {
    expect(processName(line)).toBe(name);
  });
});
