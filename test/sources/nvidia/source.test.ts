import { describe, expect, it, onTestFinished } from 'vitest';
import type { CollectedGpus } from '../../../src/domain/gpu-collection.ts';
import { type NvidiaReaderOptions, startNvidiaReader } from '../../../src/sources/nvidia/source.ts';
import { type FakeMode, fakeNvidiaSmi, isAlive } from '../../fakes/nvidia-smi.ts';
import { manyGpus, nvidiaCapture } from '../../fakes/nvidia-smi-documents.ts';
import { recordedLog } from '../../fakes/recorded-log.ts';
import { createStepClock } from '../../fakes/step-clock.ts';
import { tempFolder } from '../../fakes/temp-folder.ts';
import { waitFor } from '../../lab/wait.ts';

const DOCUMENT = nvidiaCapture('rtx-4090-driver-595');
const NO_FAILURES = { timeout: 0, exit: 0, parse: 0, missing: 0 };

/** A sysfs with one GPU in this state of power. */
function sysfsWithGpu(runtimeStatus = 'active'): string {
  const device = 'bus/pci/devices/0000:01:00.0';
  return tempFolder({
    [`${device}/vendor`]: '0x10de\n',
    [`${device}/class`]: '0x030000\n',
    [`${device}/power/runtime_status`]: `${runtimeStatus}\n`,
  });
}

/** A reader of the fake in a mode, on a machine with a GPU; it reads again when its clock is woken. */
function start(mode: FakeMode, options: Partial<NvidiaReaderOptions> = {}, document = DOCUMENT) {
  const fake = fakeNvidiaSmi(mode, document);
  const clock = createStepClock();
  const { log, lines } = recordedLog();
  const reader = startNvidiaReader({
    path: fake.path,
    env: fake.env,
    sysfs: sysfsWithGpu(),
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
async function firstOf(mode: FakeMode, options?: Partial<NvidiaReaderOptions>, document?: string) {
  const started = start(mode, options, document);
  await started.reader.first;
  return { ...started, collected: started.reader.read() };
}

describe('nvidia-smi that answers', () => {
  it('is read in the background: nothing is known before', async () => {
    const { reader } = start('replay');
    expect(reader.read()).toMatchObject({
      gpus: [],
      collection: { success: undefined, failures: NO_FAILURES },
    });
    await reader.first;
    const collected = reader.read();
    expect(collected.gpus).toHaveLength(1);
    expect(collected.attached).toBe(1);
    expect(collected.lost).toEqual([]);
    expect(collected.collection).toMatchObject({
      backend: 'nvidia-smi',
      success: true,
      exitCode: 0,
      failures: NO_FAILURES,
      stuckProcesses: 0,
      problem: undefined,
    });
    expect(collected.collection.durationSeconds).toBeGreaterThan(0);
    expect(collected.collection.lastSuccessSeconds).toBeGreaterThan(1.7e9);
    expect(collected.collection.unavailable.get('temperature.memory')).toBe(1);
    expect(reader.read()).toBe(collected);
  });

  it('is asked for everything as XML, in English, every 15 s', async () => {
    const { fake, clock, again } = await firstOf('replay');
    await again();
    expect(fake.starts().map((line) => line.replace(/^\d+ /, ''))).toEqual([
      'LC_ALL=C -q -x',
      'LC_ALL=C -q -x',
    ]);
    for (const ms of clock.sleeps) expect(ms).toBeLessThanOrEqual(15_000);
  });

  it.each<[FakeMode, number, readonly string[]]>([
    ['warn', 14, []],
    ['lost', 15, ['0000:02:00.0']],
    ['stderr', 0, []],
  ])('is believed whatever its exit code and stderr: %s', async (mode, exitCode, lost) => {
    const { collected } = await firstOf(mode);
    expect(collected).toMatchObject({ lost, collection: { success: true, exitCode, failures: NO_FAILURES } });
    expect(collected.gpus[0]?.temperatures.gpu).toBe(61);
  });

  it('keeps the numbers of its GPUs when it leaves one out', async () => {
    const whole = manyGpus('rtx-4090-driver-595', 3);
    const { fake, again, collected } = await firstOf('replay', {}, whole);
    expect(collected.gpus.map(({ gpu }) => gpu)).toEqual(['0', '1', '2']);
    const [, , second = '', third = ''] = whole.split(/(?=\t<gpu id=)/);
    fake.setDocument(whole.replace(second, ''));
    const { gpus, attached } = await again();
    expect(attached).toBe(3);
    expect(gpus.map(({ gpu }) => gpu)).toEqual(['0', '2']);
    expect(third).toContain(gpus[1]?.uuid);
  });

  it('is read although it does not end, and what it has started ends with it', async () => {
    const { collected, fake } = await firstOf('hang-at-end', { timeoutMs: 300 });
    expect(collected.collection).toMatchObject({ success: true, exitCode: undefined });
    expect(collected.gpus).toHaveLength(1);
    expect(isAlive(Number.parseInt(fake.starts()[0] ?? '', 10))).toBe(false);
  });
});

describe('nvidia-smi that fails', () => {
  it.each<[FakeMode, keyof typeof NO_FAILURES, number | undefined, string]>([
    ['hang', 'timeout', undefined, 'did not answer within 0.1 s'],
    ['no-driver', 'exit', 9, "couldn't communicate with the NVIDIA driver"],
    ['lost-alone', 'exit', 15, 'GPU is lost'],
    ['garbage', 'parse', 0, 'there is no document'],
    ['cut', 'parse', 0, 'the document breaks off'],
  ])('in the manner of %s is a failure of the kind %s', async (mode, reason, exitCode, problem) => {
    const { collected } = await firstOf(mode, mode === 'hang' ? { timeoutMs: 100 } : {});
    expect(collected).toMatchObject({
      gpus: [],
      attached: undefined,
      lost: mode === 'lost-alone' ? ['0000:02:00.0'] : [],
      collection: {
        success: false,
        exitCode,
        failures: { ...NO_FAILURES, [reason]: 1 },
        lastSuccessSeconds: undefined,
      },
    });
    expect(collected.collection.problem).toContain(problem);
  });

  it('does not leave one behind that is deaf to SIGTERM', async () => {
    const { collected, fake } = await firstOf('deaf', { timeoutMs: 300, killAfterMs: 100 });
    expect(collected.collection).toMatchObject({
      success: false,
      failures: { timeout: 1 },
      stuckProcesses: 0,
    });
    expect(isAlive(fake.noted('deaf') ?? 0)).toBe(false);
  });

  it('takes values away that were read before, counts on, and says so once', async () => {
    const { fake, again, lines, collected } = await firstOf('replay');
    fake.setDocument('no document any more');
    const lastSuccessSeconds = collected.collection.lastSuccessSeconds;
    expect(await again()).toMatchObject({
      gpus: [],
      collection: { success: false, lastSuccessSeconds, failures: { parse: 1 } },
    });
    expect((await again()).collection.failures.parse).toBe(2);
    fake.setDocument(DOCUMENT);
    expect(await again()).toMatchObject({ collection: { success: true, failures: { parse: 2 } } });
    expect(lines.map(({ message }) => message)).toEqual([
      'NVIDIA GPUs cannot be read',
      'NVIDIA GPUs are read again',
    ]);
  });

  it('is asked less and less often, but every 60 s at least', async () => {
    const { clock, again } = await firstOf('garbage');
    for (let pass = 0; pass < 3; pass++) await again();
    expect(clock.sleeps).toEqual([30_000, 60_000, 60_000, 60_000]);
  });

  it('has no second one beside it while it cannot be killed, and is counted', async () => {
    const { fake, again, reader, collected } = await firstOf('hang', {
      timeoutMs: 200,
      killAfterMs: 20,
      sendSignal: () => undefined,
    });
    expect(collected.collection).toMatchObject({
      success: false,
      stuckProcesses: 1,
      failures: { timeout: 1 },
    });
    const stuck = await again();
    expect(stuck.collection).toMatchObject({ success: false, stuckProcesses: 1, failures: { timeout: 1 } });
    expect(stuck.collection.problem).toContain('reboot');
    expect(fake.starts()).toHaveLength(1);
    process.kill(Number.parseInt(fake.starts()[0] ?? '', 10), 'SIGKILL');
    await waitFor('it is gone', () => (reader.read().collection.stuckProcesses === 0 ? true : undefined));
    await again();
    expect(fake.starts()).toHaveLength(2);
    process.kill(Number.parseInt(fake.starts()[1] ?? '', 10), 'SIGKILL');
  });
});

describe('nvidia-smi that floods', () => {
  it.each<[FakeMode, object]>([
    ['flood', { success: false, failures: { ...NO_FAILURES, parse: 1 } }],
    ['flood-xml', { success: false, failures: { ...NO_FAILURES, parse: 1 } }],
    ['flood-clocks', { success: true, failures: NO_FAILURES }],
  ])(
    'lets others have their turn all the while: %s',
    async (mode, collection) => {
      let turns = 0;
      let isOver = false;
      const turn = () => {
        turns += 1;
        if (!isOver) setImmediate(turn);
      };
      turn();
      const { collected } = await firstOf(mode);
      isOver = true;
      expect(collected.collection).toMatchObject(collection);
      // 30 MiB at most 64 KiB a turn.
      expect(turns).toBeGreaterThan(450);
    },
    30_000,
  );
});

describe('a machine without an NVIDIA GPU', () => {
  it.each<[FakeMode | 'missing']>([['missing'], ['no-driver'], ['garbage']])(
    'has no failure and nothing to say: %s',
    async (mode) => {
      const options = { sysfs: tempFolder(), ...(mode === 'missing' ? { path: '/nowhere/nvidia-smi' } : {}) };
      const { collected, again, lines } = await firstOf(mode === 'missing' ? 'replay' : mode, options);
      for (const { gpus, collection } of [collected, await again()]) {
        expect(gpus).toEqual([]);
        expect(collection).toMatchObject({ success: undefined, failures: NO_FAILURES, problem: undefined });
      }
      expect(lines).toEqual([]);
    },
  );

  it('is one with a GPU all the same if nvidia-smi says so', async () => {
    const { collected, fake, again } = await firstOf('replay', { sysfs: tempFolder() });
    expect(collected).toMatchObject({ attached: 1, collection: { success: true } });
    fake.setDocument('gone');
    expect(await again()).toMatchObject({ collection: { success: false, failures: { parse: 1 } } });
  });

  it('misses nvidia-smi if there is a GPU', async () => {
    const { collected } = await firstOf('replay', { path: '/nowhere/nvidia-smi' });
    expect(collected.collection).toMatchObject({ success: false, failures: { ...NO_FAILURES, missing: 1 } });
  });
});

describe('a GPU that sleeps', () => {
  it('is not woken', async () => {
    const { collected, fake } = await firstOf('replay', { sysfs: sysfsWithGpu('suspended') });
    expect(collected).toMatchObject({ gpus: [], collection: { success: true, failures: NO_FAILURES } });
    expect(fake.starts()).toEqual([]);
  });
});

describe('a stream', () => {
  const stream = { mode: 'stream', intervalMs: 100 } as const;

  it('is one process for many readings', async () => {
    const { reader, fake, collected } = await firstOf('stream', stream);
    expect(collected).toMatchObject({
      attached: 1,
      collection: { success: true, durationSeconds: undefined },
    });
    fake.setDocument(manyGpus('rtx-4090-driver-595', 2));
    await waitFor('the second GPU', () => (reader.read().gpus.length === 2 ? true : undefined));
    expect(fake.starts().map((line) => line.replace(/^\d+ /, ''))).toEqual(['LC_ALL=C -q -x -l 1']);
    const pid = Number.parseInt(fake.starts()[0] ?? '', 10);
    await reader.stop();
    expect(isAlive(pid)).toBe(false);
  });

  it('is under watch: silence ends it, and takes its values away', async () => {
    const { reader, fake, clock } = start('stream-then-hang', { ...stream, timeoutMs: 200 });
    await waitFor('the watchdog', () => (reader.read().collection.success === false ? true : undefined));
    expect(reader.read()).toMatchObject({
      gpus: [],
      collection: { failures: { ...NO_FAILURES, timeout: 1 } },
    });
    expect(reader.read().collection.lastSuccessSeconds).toBeDefined();
    await waitFor('the pause', () => clock.sleeps[0]);
    clock.wake();
    await waitFor('the next one', () => fake.starts()[1]);
  });

  it('that ends is a failure, with its exit code', async () => {
    const { reader } = start('stream-then-die', stream);
    await waitFor('its end', () => (reader.read().collection.success === false ? true : undefined));
    expect(reader.read()).toMatchObject({
      gpus: [],
      collection: { exitCode: 15, failures: { ...NO_FAILURES, exit: 1 } },
    });
  });
});

describe('a reader that is stopped', () => {
  it('ends nvidia-smi, counts no failure and starts no other', async () => {
    const { reader, fake, clock } = start('hang');
    const pid = Number.parseInt((await waitFor('nvidia-smi', () => fake.starts()[0])) ?? '', 10);
    await reader.stop();
    clock.wake();
    expect(isAlive(pid)).toBe(false);
    expect(reader.read().collection.failures).toEqual(NO_FAILURES);
    expect(fake.starts()).toHaveLength(1);
  });
});
