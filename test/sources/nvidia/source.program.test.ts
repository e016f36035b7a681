import { renameSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { createGate } from '../../../src/domain/gate.ts';
import { createSlowFiles } from '../../../src/host/slow/slow-files.ts';
import { hungFile } from '../../fakes/hung-file.ts';
import { type FakeMode, isAlive } from '../../fakes/nvidia-smi.ts';
import { manyGpus } from '../../fakes/nvidia-smi-documents.ts';
import { createStepClock, type StepClock } from '../../fakes/step-clock.ts';
import { tempFolder } from '../../fakes/temp-folder.ts';
import { waitFor } from '../../lab/wait.ts';
import { DOCUMENT, deviceOf, firstOf, NO_FAILURES, start, sysfsWithGpus } from './started-reader.ts';

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
    const { collected, fake } = await firstOf('hang-at-end', { timeoutMs: 2000 });
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

  it('is asked no more often than one that works', async () => {
    const { clock, again } = await firstOf('garbage', { intervalMs: 300_000 });
    await again();
    expect(clock.sleeps).toEqual([300_000, 300_000]);
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

describe('a reading that is not followed by another', () => {
  /** A clock that shows another time than the machine's. */
  function aheadBy(): { readonly clock: StepClock; ms: number } {
    const own = createStepClock();
    const ahead = { ms: 0, clock: { ...own, elapsedMs: () => own.elapsedMs() + ahead.ms } };
    return ahead;
  }

  it('is left out after its time, and the log says so once', async () => {
    const ahead = aheadBy();
    const { reader, lines, again } = await firstOf('replay', { timeoutMs: 10_000 }, DOCUMENT, ahead.clock);
    ahead.ms = 28_000;
    expect(reader.read().gpus).toHaveLength(1);
    ahead.ms = 30_000;
    const stale = reader.read();
    expect(stale).toMatchObject({
      gpus: [],
      attached: undefined,
      lost: [],
      collection: { success: false, durationSeconds: undefined, failures: NO_FAILURES },
    });
    expect(stale.collection.problem).toContain('more than 29 s');
    expect(stale.collection.lastSuccessSeconds).toBeDefined();
    expect(reader.read()).toBe(stale);
    expect(lines.map(({ message }) => message)).toEqual(['NVIDIA GPUs cannot be read']);
    expect((await again()).gpus).toHaveLength(1);
    expect(reader.read().collection.success).toBe(true);
  });

  it('is not waited for where sysfs hangs: nvidia-smi is asked all the same', async () => {
    const sysfs = sysfsWithGpus('active');
    const power = `${sysfs}/${deviceOf(0)}/power`;
    const { fake, reader, clock } = await firstOf('replay', {
      sysfs,
      files: createSlowFiles(createGate(2), 50),
    });
    renameSync(`${power}/runtime_status`, `${power}/before`);
    hungFile(`${power}/runtime_status`);
    clock.wake();
    await waitFor('the second reading', () => fake.starts()[1]);
    await waitFor('its end', () => clock.sleeps[1]);
    expect(reader.read().collection.success).toBe(true);
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

  it('is none if its only GPU has left the bus, and nvidia-smi calls it lost', async () => {
    const { collected, lines } = await firstOf('lost-alone', { sysfs: tempFolder() });
    expect(collected).toMatchObject({
      lost: ['0000:02:00.0'],
      collection: { success: false, exitCode: 15, failures: { ...NO_FAILURES, exit: 1 } },
    });
    expect(lines).toHaveLength(1);
  });

  it('keeps what nvidia-smi says for a person who asks', async () => {
    const { collected } = await firstOf('no-driver', { sysfs: tempFolder() });
    expect(collected.collection.absence).toEqual({
      reason: 'exit',
      problem: expect.stringMatching(/^nvidia-smi ended with exit code 9: .*couldn't communicate/),
    });
  });

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
