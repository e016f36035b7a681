import { describe, expect, it, onTestFinished } from 'vitest';
import { createGpuQuestion } from '../../src/app/circumstances/gpu-question.ts';
import { createGpuLook } from '../../src/app/gpu-look.ts';
import { createGpuProcesses } from '../../src/app/gpu-processes.ts';
import { createGate } from '../../src/domain/gate.ts';
import type { Unit } from '../../src/domain/unit.ts';
import { createSlowFiles } from '../../src/host/slow/slow-files.ts';
import type { WatchedLog } from '../../src/sources/circumstances/xid-watch.ts';
import { createTally } from '../../src/sources/kernel-log/tally.ts';
import { type FakeMode, fakeNvidiaSmi } from '../fakes/nvidia-smi.ts';
import { nvidiaCapture } from '../fakes/nvidia-smi-documents.ts';
import { tempFolder } from '../fakes/temp-folder.ts';
import { eventsOf, kernelSays } from '../sources/kernel-log/captured.ts';
import { sysfsWithGpus } from '../sources/nvidia/started-reader.ts';

const DOCUMENT = nvidiaCapture('rtx-4090-driver-595');
const GPU = '0000:01:00.0';

const NO_LOG: WatchedLog = { known: false, why: 'the log cannot be read' };

function logOf(...lines: readonly string[]): WatchedLog {
  const tally = createTally(() => []);
  const now = Date.now() / 1000 - 10;
  for (const line of lines) for (const event of eventsOf([kernelSays(line)])) tally.add(event, now);
  return { known: true, counts: tally.counts() };
}

const XID_48 = 'NVRM: Xid (PCI:0000:01:00): 48, pid=1, name=x, something';

/** A machine with one GPU of NVIDIA in some state, and a tool that does so. */
function machine(mode: FakeMode, document = DOCUMENT, sysfs = sysfsWithGpus('active')) {
  const fake = fakeNvidiaSmi(mode, document);
  const nvidia = { path: fake.path, reader: 'nvidia-smi' } as const;
  const look = createGpuLook({ nvidia, sysfs, files: createSlowFiles(createGate(2)), env: fake.env });
  onTestFinished(() => look.stop());
  return {
    fake,
    look,
    question: (log: WatchedLog = logOf()) =>
      createGpuQuestion(look, { read: () => log, settled: async () => log }),
  };
}

const withAction = (action: string) =>
  DOCUMENT.replace(/<gpu_recovery_action>[^<]*</, `<gpu_recovery_action>${action}<`);

describe('what a decision asks of GPUs', () => {
  it('is told by one run of the tool', async () => {
    const { fake, question } = machine('replay');
    const gpu = question(logOf(XID_48));
    const [hottest, free] = await Promise.all([gpu.hottest(), gpu.leastFreeMemory(), gpu.blockingXids()]);
    expect(hottest).toMatchObject({ known: true, value: expect.any(Number) });
    expect(free).toMatchObject({ known: true, value: expect.any(Number) });
    expect(fake.starts()).toHaveLength(1);
  });

  it('needs no tool on a machine without such a GPU', async () => {
    const { fake, look, question } = machine('replay', DOCUMENT, tempFolder());
    expect(await question().hottest()).toEqual({ known: true, value: undefined });
    expect(await question(NO_LOG).blockingXids()).toEqual({ known: true, value: [] });
    const processes = createGpuProcesses(look, () => undefined);
    expect(await processes.all(AbortSignal.timeout(5000))).toEqual({ known: true, value: [] });
    expect(fake.starts()).toEqual([]);
  });

  it('wakes no GPU that sleeps', async () => {
    const { fake, question } = machine('replay', DOCUMENT, sysfsWithGpus('suspended'));
    expect(await question().hottest()).toEqual({ known: true, value: undefined });
    expect(fake.starts()).toEqual([]);
  });

  it.each(['no-driver', 'garbage'] as const)('is not known where the tool fails: %s', async (mode) => {
    const { look, question } = machine(mode);
    expect(await question().hottest()).toMatchObject({ known: false, why: expect.any(String) });
    expect(await createGpuProcesses(look, () => undefined).all(AbortSignal.timeout(5000))).toMatchObject({
      known: false,
    });
  });

  it('is not known where the tool hangs, which is ended', async () => {
    const { look, question } = machine('hang');
    expect(await question().hottest()).toMatchObject({
      known: false,
      why: expect.stringContaining('within 2 s'),
    });
    await look.stop();
  });

  it('does not know of Xids where the log cannot be read', async () => {
    expect(await machine('replay').question(NO_LOG).blockingXids()).toEqual(NO_LOG);
  });

  it('tells of a GPU that is no longer on the bus', async () => {
    const { question } = machine('replay', DOCUMENT, tempFolder());
    const log = logOf(XID_48.replace('48,', '79,'));
    expect(await question(log).blockingXids()).toEqual({
      known: true,
      value: [{ pciAddress: GPU, code: 79, asks: 'reboot' }],
    });
  });

  it.each([
    ['None', []],
    ['GPU Reset', [48]],
    ['N/A', [48]],
  ])('takes the word of the driver, which is %s, for a GPU that was reset since', async (action, codes) => {
    const { question } = machine('replay', withAction(action));
    const found = await question(logOf(XID_48)).blockingXids();
    expect(found.known && found.value.map(({ code }) => code)).toEqual(codes);
  });

  it('runs no tool where there is no Xid', async () => {
    const { fake, question } = machine('replay');
    expect(await question().blockingXids()).toEqual({ known: true, value: [] });
    expect(fake.starts()).toEqual([]);
  });
});

const unit = (name: string): Unit => ({
  ref: { manager: 'systemd', scope: 'system', name },
  id: name,
  names: [name],
  loadState: 'loaded',
  activeState: 'failed',
  subState: 'failed',
  result: 'exit-code',
  invocationId: '',
  canStart: true,
  canStop: true,
  canReload: false,
  isTransient: false,
  changedAt: undefined,
  restarts: 0,
  endedByOrder: false,
  isOneshot: false,
});

describe('who has memory on GPUs', () => {
  const owners = new Map([
    [101, 'vllm.service'],
    [102, 'vllm.service'],
    [103, 'other.service'],
  ]);
  const unitOf = (pid: number) => {
    const name = owners.get(pid);
    return name === undefined ? undefined : ({ unit: name, scope: 'system' } as const);
  };
  const process = (pid: number) =>
    `<process_info><pid>${pid}</pid><type>C</type><process_name>python</process_name><used_memory>10 MiB</used_memory></process_info>`;
  const withProcesses = (...pids: readonly number[]) =>
    DOCUMENT.replace(
      /<processes>[\s\S]*?<\/processes>/,
      `<processes>${pids.map(process).join('')}</processes>`,
    );
  const signal = () => AbortSignal.timeout(10_000);

  it('is found by cgroups, for the unit and for all', async () => {
    const { fake, look } = machine('replay', withProcesses(101, 103, 102));
    const processes = createGpuProcesses(look, unitOf);
    const before = await processes.of(unit('vllm.service'), signal());
    expect(before).toEqual({ known: true, value: [101, 102] });
    expect(await processes.all(signal())).toEqual({ known: true, value: [101, 103, 102] });
    fake.setDocument(withProcesses(103, 102, 104));
    const now = await processes.all(signal());
    expect(before).toEqual({ known: true, value: [101, 102] });
    expect(now).toEqual({ known: true, value: [103, 102, 104] });
    fake.setDocument(withProcesses(103, 104));
    const later = await processes.all(signal());
    expect(later).toEqual({ known: true, value: [103, 104] });
  });

  it('is taken from some seconds ago for evidence', async () => {
    const { fake, look, question } = machine('replay', withProcesses(101));
    await question().hottest();
    const recent = await createGpuProcesses(look, unitOf).recentOf(unit('vllm.service'));
    expect(recent).toMatchObject({
      value: [{ pid: 101, name: 'python', pciBusId: GPU, memoryBytes: 10 * 1024 ** 2 }],
    });
    expect(fake.starts()).toHaveLength(1);
  });

  it('is not known where the driver does not list processes', async () => {
    const { look } = machine(
      'replay',
      DOCUMENT.replace(/<processes>[\s\S]*?<\/processes>/, '<processes>N/A</processes>'),
    );
    expect(await createGpuProcesses(look, unitOf).all(signal())).toMatchObject({ known: false });
  });
});
