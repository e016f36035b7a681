import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { stringify } from 'yaml';
import { USUAL } from '../../src/cli/gpu.ts';
import { loadConfig } from '../../src/config/load.ts';
import { type FakeMode, type FakeNvidiaSmi, fakeNvidiaSmi, isAlive } from '../fakes/nvidia-smi.ts';
import { nvidiaCapture } from '../fakes/nvidia-smi-documents.ts';
import { tempFolder } from '../fakes/temp-folder.ts';
import { waitFor } from '../lab/wait.ts';
import { NO_BUS, type RunningFettle, startFettle } from './run-fettle.ts';

/** An NVIDIA card on the bus, where the capture of a 4090 has it. */
const CARD = {
  'bus/pci/devices/0000:01:00.0/vendor': '0x10de\n',
  'bus/pci/devices/0000:01:00.0/class': '0x030000\n',
  'bus/pci/devices/0000:01:00.0/uevent': 'DRIVER=nvidia\nPCI_ID=10DE:2684\n',
  'bus/pci/devices/0000:01:00.0/config': 'GPU!',
};

const DOCUMENT = nvidiaCapture('rtx-4090-driver-595');

interface Machine {
  readonly smi: FakeNvidiaSmi;
  run(...words: readonly string[]): RunningFettle;
}

/** A machine whose nvidia-smi does so; its configuration names it and the sysfs in which the card is. */
function machine(mode: FakeMode, sysfs: Readonly<Record<string, string>> = CARD, path?: string): Machine {
  const smi = fakeNvidiaSmi(mode, DOCUMENT);
  const folder = tempFolder();
  const exporter = {
    sysfs: tempFolder(sysfs),
    kernel_log: false,
    gpu: { nvidia: { path: path ?? smi.path } },
  };
  const config = join(folder, 'fettle.yml');
  writeFileSync(config, stringify({ exporter }));
  return {
    smi,
    run: (...words) =>
      startFettle(['gpu', '--config', config, ...words], onTestFinished, {
        ...NO_BUS,
        FAKE_MODE: mode,
        FAKE_DOCUMENT: String(smi.env['FAKE_DOCUMENT']),
        FAKE_STARTS: String(smi.env['FAKE_STARTS']),
      }),
  };
}

const pidOf = ({ starts }: FakeNvidiaSmi) => Number(starts()[0]?.split(' ')[0]);

/** Each test starts a Node of its own, and a slow machine may take its time. */
describe('fettle gpu', { timeout: 60_000 }, () => {
  it('does without a configuration what it does with an empty one', () => {
    const loaded = loadConfig('');
    expect(loaded).toMatchObject({
      ok: true,
      config: {
        exporter: {
          gpu: { nvidia: { path: 'nvidia-smi', reader: 'nvidia-smi' } },
          sysfs: USUAL.sysfs,
          procfs: USUAL.procfs,
          kernelLog: USUAL.kernelLog,
        },
      },
    });
    expect(USUAL.nvidia).toEqual({});
  });

  it('prints a table for people', async () => {
    const { code, stdout, stderr } = await machine('replay').run().ended;
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    const [heading, card, user] = stdout.split('\n');
    expect(heading).toMatch(/^GPU +NAME +TEMP +UTIL +POWER +MEMORY +USED +FAN +NOTE$/);
    expect(card).toMatch(
      /^ +0 {2}NVIDIA GeForce RTX 4090 +61 C +96% +438 W \/ 450 W +\[#{7}\.{3}\] +17\.8 GiB \/ 24\.0 GiB +30% +power cap$/,
    );
    expect(user).toMatch(/ 3 processes$| 1 process$| 2 processes$/);
  });

  it('finds nvidia-smi on PATH where no configuration says where it is', async () => {
    const { path, env } = fakeNvidiaSmi('replay', DOCUMENT);
    const { code, stdout } = await startFettle(['gpu', '--json'], onTestFinished, {
      ...NO_BUS,
      FAKE_MODE: 'replay',
      FAKE_DOCUMENT: String(env['FAKE_DOCUMENT']),
      FAKE_STARTS: String(env['FAKE_STARTS']),
      PATH: `${join(path, '..')}:${process.env['PATH']}`,
    }).ended;
    expect(code).toBe(0);
    const gpus: readonly unknown[] = JSON.parse(stdout);
    expect(gpus).toContainEqual(expect.objectContaining({ name: 'NVIDIA GeForce RTX 4090' }));
  });

  it.each<[FakeMode, RegExp]>([
    ['garbage', /: nvidia-smi wrote what cannot be understood: there is no document; /],
    ['cut', /: nvidia-smi wrote what cannot be understood: the document breaks off; /],
    [
      'no-driver',
      /: nvidia-smi ended with exit code 9: .*couldn't communicate.*\. The driver is not loaded: modprobe nvidia; /,
    ],
    ['lost-alone', /: nvidia-smi ended with exit code 15: .*GPU is lost/],
  ])('tells why nvidia-smi gives nothing (%s), and shows the card as not read', async (mode, reason) => {
    const { code, stdout, stderr } = await machine(mode).run().ended;
    expect(code).toBe(1);
    expect(stderr).toMatch(/^fettle: NVIDIA GPUs cannot be read: [^\n]+\n$/);
    expect(stderr).toMatch(reason);
    expect(stdout).toMatch(/^ +- {2}NVIDIA GPU 0000:01:00\.0 .* not read \(driver nvidia\)$/m);
    expect(/^ +- {2}NVIDIA GPU 0000:02:00\.0 .* lost$/m.test(stdout)).toBe(mode === 'lost-alone');
  });

  it('shows the others where one is lost and nvidia-smi ends with 15', async () => {
    const { code, stdout, stderr } = await machine('lost').run().ended;
    expect({ code, stderr }).toEqual({ code: 1, stderr: '' });
    expect(stdout).toMatch(/^ +0 {2}NVIDIA GeForce RTX 4090 /m);
    expect(stdout).toMatch(/^ +- {2}NVIDIA GPU 0000:02:00\.0 .* lost$/m);
  });

  it('shows the only card as lost, which has left the bus, and says what nvidia-smi says', async () => {
    const { code, stdout, stderr } = await machine('lost-alone', {}).run().ended;
    expect(code).toBe(1);
    expect(stdout).toMatch(/^ +- {2}NVIDIA GPU 0000:02:00\.0 .* lost$/m);
    expect(stderr).toMatch(
      /^fettle: NVIDIA GPUs cannot be read: nvidia-smi ended with exit code 15: .*GPU is lost.*\n$/,
    );
  });

  it('says what nvidia-smi says where no GPU is found', async () => {
    const { code, stdout, stderr } = await machine('no-driver', {}).run().ended;
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toMatch(
      /^fettle: no GPU was found: nvidia-smi ended with exit code 9: .*couldn't communicate.*PCI bus/,
    );
  });

  it('says that nvidia-smi is missing where there is a card, and what to do', async () => {
    const { code, stdout, stderr } = await machine('replay', CARD, '/nonexistent/nvidia-smi').run('--json')
      .ended;
    expect(code).toBe(1);
    expect(JSON.parse(stdout)).toMatchObject([
      { vendor: 'nvidia', pciBusId: '0000:01:00.0', state: 'unread' },
    ]);
    expect(stderr).toMatch(
      /could not be started: .*ENOENT; .* Install it, or say where it is: exporter\.gpu/,
    );
  });

  it('says what it has looked for where there is no GPU, and prints an empty list as JSON', async () => {
    const bare = machine('replay', {}, '/nonexistent/nvidia-smi');
    const sentence = expect.stringMatching(/^fettle: no GPU was found: nvidia-smi .* PCI bus.*Jetson\n$/);
    expect(await bare.run().ended).toEqual({ code: 1, stdout: '', stderr: sentence });
    expect(await bare.run('--json').ended).toEqual({ code: 1, stdout: '[]\n', stderr: sentence });
  });

  it('gives up a nvidia-smi that hangs, ends it, and shows what it knows', async () => {
    const { smi, run } = machine('hang');
    const { code, stdout, stderr } = await run().ended;
    expect(code).toBe(1);
    expect(stdout).toMatch(/^ +- {2}NVIDIA GPU 0000:01:00\.0 .* not read \(driver nvidia\)$/m);
    expect(stderr).toMatch(
      /^fettle: NVIDIA GPUs cannot be read: nvidia-smi did not answer within 10 s; .*\n$/,
    );
    expect(isAlive(pidOf(smi))).toBe(false);
  });

  it.each(['SIGINT', 'SIGTERM'] as const)('takes nvidia-smi with it upon %s', async (signal) => {
    const { smi, run } = machine('hang');
    const fettle = run();
    await waitFor('nvidia-smi runs', async () => smi.starts().length > 0 || undefined, { timeoutMs: 30_000 });
    fettle.child.kill(signal);
    // Before its own limit of 10 s would end it.
    await waitFor('nvidia-smi is ended', async () => !isAlive(pidOf(smi)) || undefined, { timeoutMs: 7000 });
    expect(await fettle.ended).toEqual({ code: 1, stdout: '', stderr: '' });
  });

  it('prints an array of JSON a line while it watches, and ends with 0 when it is told to', async () => {
    const { smi, run } = machine('replay');
    const fettle = run('--json', '--watch', '--interval', '100ms');
    await waitFor('three looks', async () => smi.starts().length > 3 || undefined, { timeoutMs: 30_000 });
    fettle.child.kill('SIGINT');
    const { code, stdout, stderr } = await fettle.ended;
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    const lines = stdout.trimEnd().split('\n');
    expect(lines.length).toBeGreaterThanOrEqual(3);
    for (const line of lines) expect(JSON.parse(line)).toMatchObject([{ gpu: '0', temperatureCelsius: 61 }]);
  });

  it('objects to a configuration in which something is wrong, and to an interval that makes no sense', async () => {
    const file = join(
      tempFolder({ 'fettle.yml': 'exporter: {gpu: {nvidia: {reader: both}}}\n' }),
      'fettle.yml',
    );
    const wrong = startFettle(['gpu', '-c', file], onTestFinished);
    expect(await wrong.ended).toEqual({
      code: 2,
      stdout: '',
      stderr: expect.stringContaining(`${file}:1:35: exporter.gpu.nvidia.reader: expected nvidia-smi`),
    });
    const absent = startFettle(['gpu', '-c', '/nonexistent.yml'], onTestFinished);
    const escaping = join(
      tempFolder({ 'fettle.yml': 'exporter: {"\\u009b2J\\u202e": 1, "\u009b31m": 2}\n' }),
      'fettle.yml',
    );
    const { stderr: plain } = await startFettle(['gpu', '-c', escaping], onTestFinished).ended;
    expect(plain.trimEnd().split('\n')).toHaveLength(2);
    expect(plain).toMatch(/^[ -~\n]+$/);
    expect(await absent.ended).toMatchObject({
      code: 2,
      stderr: '/nonexistent.yml: there is no such file\n',
    });
    const { code, stderr } = await startFettle(['gpu', '-w', '--interval', '2d'], onTestFinished).ended;
    expect({ code, stderr }).toEqual({
      code: 2,
      stderr: 'fettle: --interval: expected a duration from 100ms to 1d, such as 5s\n',
    });
  });
});
