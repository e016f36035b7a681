import { once } from 'node:events';
import { chmodSync, existsSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { join } from 'node:path';
import { describe, it, onTestFinished } from 'vitest';
import { stringify } from 'yaml';
import type { Finding } from '../../src/domain/finding.ts';
import { fakeNvidiaSmi, isAlive } from '../fakes/nvidia-smi.ts';
import { nvidiaCapture } from '../fakes/nvidia-smi-documents.ts';
import { tempFolder } from '../fakes/temp-folder.ts';
import { waitFor } from '../lab/wait.ts';
import { NO_BUS, startFettle } from './run-fettle.ts';

/** An NVIDIA card on the bus, where the capture of a 4090 has it. */
const CARD = {
  'bus/pci/devices/0000:01:00.0/vendor': '0x10de\n',
  'bus/pci/devices/0000:01:00.0/class': '0x030000\n',
  'bus/pci/devices/0000:01:00.0/uevent': 'DRIVER=nvidia\nPCI_ID=10DE:2684\n',
  'bus/pci/devices/0000:01:00.0/config': 'GPU!',
};

type Sections = Readonly<Record<'exporter' | 'remediator', Readonly<Record<string, unknown>>>>;

/** A box with free ports, and a ledger and a sysfs of its own. */
function box(change: Partial<Sections> = {}) {
  const folder = tempFolder();
  const config = join(folder, 'fettle.yml');
  const exporter = { listen: '127.0.0.1:0', sysfs: tempFolder(), kernel_log: false, ...change.exporter };
  const remediator = { listen: '127.0.0.1:0', ledger: join(folder, 'ledger.jsonl'), ...change.remediator };
  writeFileSync(config, stringify({ exporter, remediator }));
  return { folder, config, ledger: remediator.ledger };
}

interface Report {
  readonly machine: { readonly gpus: readonly unknown[]; readonly system: unknown; readonly init?: string };
  readonly checks: readonly Finding[];
}

async function examine(config: string, env: Readonly<Record<string, string>> = {}) {
  const words = ['doctor', '--json', '--config', config];
  const { code, stdout, stderr } = await startFettle(words, onTestFinished, { ...NO_BUS, ...env }).ended;
  const report: Report = JSON.parse(stdout);
  return { code, stderr, report, found: (name: string) => report.checks.find(({ check }) => check === name) };
}

async function listening(server: Server): Promise<number> {
  server.listen(0, '127.0.0.1');
  onTestFinished(() => void server.close());
  await once(server, 'listening');
  return Number(Reflect.get(Object(server.address()), 'port'));
}

/** A program that writes its number down and hangs, and the environment in which it is found first. */
function hangingProgram(name: string) {
  const folder = tempFolder();
  const path = join(folder, name);
  writeFileSync(path, `#!/bin/sh\necho $$ >${path}.pid\nexec sleep 600\n`);
  chmodSync(path, 0o755);
  return { path, env: { PATH: `${folder}:${process.env['PATH']}` } };
}

function pidIn(program: string): number | undefined {
  const note = `${program}.pid`;
  return existsSync(note) ? Number(readFileSync(note, 'utf8')) || undefined : undefined;
}

/** Each test starts some Nodes of its own, and a slow machine may take its time. */
describe('fettle doctor', { timeout: 60_000 }, () => {
  it('describes the machine and tells findings in text, and fails where there is no bus', async ({
    expect,
  }) => {
    const { config } = box();
    const { code, stdout, stderr } = await startFettle(['doctor', '-c', config], onTestFinished).ended;
    expect({ code, stderr }).toEqual({ code: 1, stderr: '' });
    expect(stdout).toMatch(/^system {2,}\S/);
    expect(stdout).toMatch(/^memory +\d\S* [KMGT]iB, .* available$/m);
    expect(stdout).toMatch(/^ok {4}node +Node\.js v/m);
    expect(stdout).toMatch(/^fail {2}systemd +systemd does not answer: .*fettle-test-bus.*\n +\S/m);
    expect(stdout).toMatch(/\n\d+ ok, \d+ warnings?, 1 failure\n$/);
    expect(stdout).not.toContain('\u001b');
  });

  it('tells in JSON what it found, the inventory of its child included', async ({ expect }) => {
    const { config, ledger } = box();
    const { code, stderr, report, found } = await examine(config);
    expect({ code, stderr }).toEqual({ code: 1, stderr: '' });
    expect(report.machine).toMatchObject({
      system: { kernel: expect.any(String), version: expect.any(String) },
      processor: { threads: expect.any(Number), cores: expect.any(Number) },
      memory: { totalBytes: expect.any(Number) },
      gpus: [],
    });
    expect(report.checks.filter(({ state }) => state === 'fail').map(({ check }) => check)).toEqual([
      'systemd',
    ]);
    expect(found('inventory')).toBeUndefined();
    expect(found('token-file')).toBeUndefined();
    expect(found('configuration')).toMatchObject({ state: 'ok', told: `${config} is in order` });
    expect(found('ledger')).toMatchObject({ state: 'ok', told: `${ledger} can be made when it is needed` });
    expect(found('gpus')).toMatchObject({ state: 'ok' });
  });

  it('tells what is wrong with a configuration, and checks the rest without it', async ({ expect }) => {
    const config = join(tempFolder(), 'fettle.yml');
    writeFileSync(config, 'exporter: {listen: 1}\n');
    const { code, found } = await examine(config);
    expect(code).toBe(1);
    expect(found('configuration')).toMatchObject({
      state: 'fail',
      told: expect.stringContaining(`${config}:1:20: exporter.listen: expected`),
    });
    expect(found('node')).toMatchObject({ state: 'ok' });
    const missing = await examine('/nonexistent/fettle.yml');
    expect(missing.found('configuration')).toMatchObject({
      state: 'fail',
      told: '/nonexistent/fettle.yml: there is no such file',
    });
  });

  it('knows its own fettle by the port and the lock of the ledger, and another program', async ({
    expect,
  }) => {
    const other = await listening(createServer((socket) => socket.end('SSH-2.0-other\r\n')));
    const probe = createServer();
    const port = await listening(probe);
    await new Promise((resolve) => probe.close(resolve));
    const { config, ledger } = box({
      exporter: { listen: `127.0.0.1:${other}` },
      remediator: { listen: `127.0.0.1:${port}` },
    });
    const words = ['serve', '--only', 'remediator', '--config', config, '--log-format', 'json'];
    const fettle = startFettle(words, onTestFinished);
    await fettle.logged('fettle is running');
    const { code, found } = await examine(config);
    expect(code).toBe(1);
    expect(found('exporter-port')).toMatchObject({
      state: 'fail',
      told: `127.0.0.1:${other} is taken by another program`,
    });
    expect(found('remediator-port')).toMatchObject({
      state: 'ok',
      told: `a fettle listens on 127.0.0.1:${port}`,
    });
    expect(found('ledger')).toMatchObject({
      state: process.platform === 'linux' ? 'ok' : expect.any(String),
      told: `${ledger} is in use by the fettle that runs`,
    });
    // It was looked at, and not taken: the fettle still works.
    expect((await fetch(`http://127.0.0.1:${port}/-/ready`)).status).toBe(200);
  });

  it('looks where the counts of the journal are to be kept, if they are wanted', async ({ expect }) => {
    const wanted = box({ exporter: { journal: { enabled: true } } }).config;
    const folder = tempFolder();
    const good = await examine(wanted, { STATE_DIRECTORY: folder });
    expect(good.found('journal-state')).toMatchObject({
      state: process.platform === 'linux' ? 'ok' : expect.any(String),
      told: `${folder}/journal.json can be made when it is needed`,
    });
    // Root may write everywhere in procfs, and make nothing there.
    const bad = await examine(wanted, { STATE_DIRECTORY: '/proc/x' });
    expect(bad.found('journal-state')).toMatchObject({
      state: 'warn',
      told: expect.stringContaining('/proc'),
      mend: expect.stringContaining('STATE_DIRECTORY'),
    });
    const unwanted = await examine(box().config, { STATE_DIRECTORY: '/proc/x' });
    expect(unwanted.found('journal-state')).toBeUndefined();
  });

  it('looks at the token, and tells it to nobody', async ({ expect }) => {
    const token = join(tempFolder({ token: 'TOP-SECRET\n' }), 'token');
    chmodSync(token, 0o644);
    const { report, found } = await examine(box({ remediator: { token_file: token } }).config);
    expect(found('token-file')).toMatchObject({ state: 'warn', mend: expect.stringContaining('chmod') });
    expect(JSON.stringify(report)).not.toContain('TOP-SECRET');
  });

  it('reads a GPU as fettle does, and lists it', async ({ expect }) => {
    const smi = fakeNvidiaSmi('replay', nvidiaCapture('rtx-4090-driver-595'));
    const { config } = box({
      exporter: { sysfs: tempFolder(CARD), gpu: { nvidia: { path: smi.path } } },
    });
    const { found, report } = await examine(config, fakeEnv(smi.env));
    expect(found('gpus')).toMatchObject({ state: 'ok', told: '1 of 1 GPU can be read' });
    expect(report.machine.gpus).toMatchObject([
      { vendor: 'nvidia', name: expect.stringContaining('4090'), pciBusId: '0000:01:00.0' },
    ]);
    // Once by fettle itself, within limits; never by systeminformation, which has none.
    expect(smi.starts()).toHaveLength(1);
  });

  it('never lets systeminformation start nvidia-smi', async ({ expect }) => {
    const smi = fakeNvidiaSmi('replay', nvidiaCapture('rtx-4090-driver-595'));
    const folder = tempFolder();
    symlinkSync(smi.path, join(folder, 'nvidia-smi'));
    const env = { ...fakeEnv(smi.env), PATH: `${folder}:${process.env['PATH']}` };
    const { code } = await startFettle(['doctor', '--inventory', '--json'], onTestFinished, env).ended;
    expect(code).toBe(0);
    expect(smi.starts()).toEqual([]);
  });

  it('ends all the same on a box where the bus, nvidia-smi and a program of the inventory hang', async ({
    expect,
  }) => {
    const lscpu = hangingProgram('lscpu');
    const bus = join(tempFolder(), 'bus');
    const silent = createServer((socket) => socket.resume()).listen(bus);
    onTestFinished(() => void silent.close());
    const smi = fakeNvidiaSmi('hang');
    const { config } = box({
      exporter: { sysfs: tempFolder(CARD), gpu: { nvidia: { path: smi.path } } },
    });

    const { code, found, report } = await examine(config, {
      ...fakeEnv(smi.env),
      ...lscpu.env,
      DBUS_SYSTEM_BUS_ADDRESS: `unix:path=${bus}`,
    });
    expect(code).toBe(1);
    expect(found('systemd')).toMatchObject({
      state: 'fail',
      told: expect.stringContaining('no answer within 4 s'),
    });
    expect(found('clock')).toMatchObject({ state: 'warn' });
    expect(found('gpus')).toMatchObject({ state: 'fail', mend: expect.stringMatching(/10 s/) });
    // Of the inventory there is what fettle knows by itself.
    expect(found('inventory')).toMatchObject({
      state: 'warn',
      told: expect.stringMatching(/did not end within 10 s$/),
    });
    expect(report.machine).toMatchObject({ system: { kernel: expect.any(String) } });
    expect(found('node')).toMatchObject({ state: 'ok' });
    const pid = pidIn(lscpu.path) ?? 0;
    expect(pid).toBeGreaterThan(0);
    await waitFor('the program that hung has ended', () => (isAlive(pid) ? undefined : true));
  });

  it('ends upon SIGINT, and what it has started with it', async ({ expect }) => {
    const { path, env } = hangingProgram('lscpu');
    const fettle = startFettle(['doctor', '--config', box().config], onTestFinished, { ...NO_BUS, ...env });
    const pid = await waitFor('the inventory hangs', () => pidIn(path), { timeoutMs: 20_000 });
    fettle.child.kill('SIGINT');
    const { code, stdout } = await fettle.ended;
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    await waitFor('the program that hung has ended', () => (isAlive(pid) ? undefined : true));
  });

  it('takes no words of its own', async ({ expect }) => {
    const { code, stderr } = await startFettle(['doctor', 'box'], onTestFinished).ended;
    expect(code).toBe(2);
    expect(stderr).toContain('doctor takes no box');
  });
});

function fakeEnv(env: Readonly<Record<string, string | undefined>>): Readonly<Record<string, string>> {
  const names = ['FAKE_MODE', 'FAKE_DOCUMENT', 'FAKE_STARTS'];
  return Object.fromEntries(names.map((name) => [name, String(env[name])]));
}
