import type { GpuReading, GpuVendor } from '../../domain/gpu.ts';

const MAKERS: Readonly<Record<GpuVendor, string>> = {
  nvidia: 'NVIDIA',
  amd: 'AMD',
  intel: 'Intel',
  jetson: 'Jetson',
  apple: 'Apple',
};

/** Numbers of vendor and device, which stand for a name where the driver tells none. */
const NUMBERS = /^[0-9a-f]{4}:[0-9a-f]{4}$/;

/** The name of a GPU; of one that was not read, its maker and where it is. */
export function gpuName({ info, vendor, pciBusId }: GpuReading): string {
  if (info.name !== '' && !NUMBERS.test(info.name)) return info.name;
  return `${MAKERS[vendor]} GPU ${info.name || pciBusId}`.trim();
}

/** The name of a GPU without its maker's, where it is known by it all the same. */
export function shortGpuName(reading: GpuReading): string {
  const maker = `${MAKERS[reading.vendor]} `;
  const name = gpuName(reading);
  return reading.info.name.startsWith(maker) ? name.slice(maker.length) : name;
}

/** As much of a command line as tells what it is. */
const LENGTH = 32;

/** The name of a program with its arguments, without its folders, and not too long. */
export function processName(commandLine: string): string {
  const [program = '', ...rest] = commandLine.split(' ');
  const text = [program.slice(program.lastIndexOf('/') + 1), ...rest].join(' ');
  return text.length <= LENGTH ? text : `${text.slice(0, LENGTH - 3)}...`;
}
