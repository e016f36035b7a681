import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const CAPTURES = fileURLToPath(new URL('../captures/nvidia', import.meta.url));

/** The names of all captures of nvidia-smi, less `.xml`. */
export function nvidiaCaptures(): readonly string[] {
  return readdirSync(CAPTURES)
    .filter((name) => name.endsWith('.xml'))
    .map((name) => name.slice(0, -'.xml'.length));
}

/** The text of a capture. */
export function nvidiaCapture(name: string): string {
  return readFileSync(join(CAPTURES, `${name}.xml`), 'utf8');
}

/** A document of so many GPUs, each like that of a capture but for address, uuid and number. */
export function manyGpus(name: string, count: number): string {
  const capture = nvidiaCapture(name);
  const start = capture.indexOf('\t<gpu id=');
  const end = capture.lastIndexOf('</gpu>\n') + '</gpu>\n'.length;
  const gpu = capture.slice(start, end);
  const gpus = Array.from({ length: count }, (_, index) => gpuNumber(gpu, index));
  const text = `${capture.slice(0, start)}${gpus.join('')}${capture.slice(end)}`;
  return text.replace(/<attached_gpus>\d+/, `<attached_gpus>${count}`);
}

function gpuNumber(gpu: string, index: number): string {
  const hex = index.toString(16).padStart(2, '0').toUpperCase();
  return gpu
    .replace(/[0-9A-F]{8}:[0-9A-F]{2}:00\.0/g, `00000000:${hex}:00.0`)
    .replace(/<uuid>GPU-[^<]*/, `<uuid>${uuidOf(hex)}`)
    .replace(/<minor_number>\d+/, `<minor_number>${index}`);
}

function uuidOf(hex: string): string {
  return `GPU-000000${hex}-aaaa-bbbb-cccc-0000000000${hex}`.toLowerCase().replace('gpu', 'GPU');
}
