import { writeFileSync } from 'node:fs';
import { onTestFinished } from 'vitest';
import { createGate } from '../../../src/domain/gate.ts';
import type { CollectedGpus } from '../../../src/domain/gpu-collection.ts';
import { createSlowFiles } from '../../../src/host/slow/slow-files.ts';
import { type NvidiaReaderOptions, startNvidiaReader } from '../../../src/sources/nvidia/source.ts';
import { type FakeMode, fakeNvidiaSmi } from '../../fakes/nvidia-smi.ts';
import { manyGpus, nvidiaCapture } from '../../fakes/nvidia-smi-documents.ts';
import { recordedLog } from '../../fakes/recorded-log.ts';
import { createStepClock, type StepClock } from '../../fakes/step-clock.ts';
import { tempFolder } from '../../fakes/temp-folder.ts';
import { waitFor } from '../../lab/wait.ts';

export const DOCUMENT = nvidiaCapture('rtx-4090-driver-595');
export const NO_FAILURES = { timeout: 0, exit: 0, parse: 0, missing: 0 };

/** A sysfs with GPUs in these states of power, from address 0000:01:00.0 on. */
export function sysfsWithGpus(...runtimeStatus: readonly string[]): string {
  const files = runtimeStatus.map((status, index) => [
    [`${deviceOf(index)}/vendor`, '0x10de\n'],
    [`${deviceOf(index)}/class`, '0x030000\n'],
    [`${deviceOf(index)}/uevent`, 'DRIVER=nvidia\n'],
    [`${deviceOf(index)}/power/runtime_status`, `${status}\n`],
  ]);
  return tempFolder(Object.fromEntries(files.flat()));
}

export const deviceOf = (index: number) => `bus/pci/devices/0000:0${index + 1}:00.0`;

/** Puts a GPU into another state of power. */
export function setPower(sysfs: string, index: number, status: string): void {
  writeFileSync(`${sysfs}/${deviceOf(index)}/power/runtime_status`, `${status}\n`);
}

/** A document of so many GPUs, from address 0000:01:00.0 on; their device files are numbered from 1 on. */
export function documentOf(count: number): string {
  const whole = manyGpus('rtx-4090-driver-595', count + 1);
  const [, first = ''] = whole.split(/(?=\t<gpu id=)/);
  return whole.replace(first, '').replace(/<attached_gpus>\d+/, `<attached_gpus>${count}`);
}

/** The arguments that it was started with. */
export const argumentsOf = (starts: readonly string[]) =>
  starts.map((line) => line.replace(/^\d+ LC_ALL=C /, ''));

/** A reader of the fake in a mode, on a machine with a GPU; it reads again when its clock is woken. */
export function start(
  mode: FakeMode,
  options: Partial<NvidiaReaderOptions> = {},
  document = DOCUMENT,
  clock = createStepClock(),
) {
  const fake = fakeNvidiaSmi(mode, document);
  const { log, lines } = recordedLog();
  const reader = startNvidiaReader({
    path: fake.path,
    env: fake.env,
    sysfs: sysfsWithGpus('active'),
    files: createSlowFiles(createGate(2)),
    timeoutMs: 20_000,
    killAfterMs: 2000,
    clock,
    log,
    ...options,
  });
  onTestFinished(() => reader.stop());

  /** Lets it read once more, and gives what it has then. */
  async function again(): Promise<CollectedGpus> {
    const passes = clock.sleeps.length;
    clock.wake();
    await waitFor('it has read again', () => (clock.sleeps.length > passes ? true : undefined), {
      everyMs: 5,
    });
    return reader.read();
  }

  return { fake, clock, lines, reader, again };
}

/** What the first attempt in a mode leads to. */
export async function firstOf(
  mode: FakeMode,
  options?: Partial<NvidiaReaderOptions>,
  document?: string,
  clock?: StepClock,
) {
  const started = start(mode, options, document, clock);
  await started.reader.first;
  return { ...started, collected: started.reader.read() };
}
