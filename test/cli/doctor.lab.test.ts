import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { stringify } from 'yaml';
import type { Finding } from '../../src/domain/finding.ts';
import { builtFettle } from '../lab/built.ts';
import { describeLab } from '../lab/describe-lab.ts';
import { type Lab, startLab } from '../lab/lab.ts';
import { freePort } from '../lab/service-process.ts';
import { waitFor } from '../lab/wait.ts';

const POLICY = { name: 'p', when: ['alertname = UnitFailed'], allow: ['a.service'], steps: ['restart'] };

describeLab('fettle doctor, on the real systemd', () => {
  let lab: Lab;
  let program: string;
  let token: string;

  beforeAll(async () => {
    program = builtFettle();
    lab = await startLab();
    token = join(lab.dir, 'token');
    writeFileSync(token, 'secret\n', { mode: 0o600 });
  });
  afterAll(() => lab?.stop());

  /** A configuration that listens on free ports, unless said otherwise. */
  async function configured(remediator: Readonly<Record<string, unknown>> = {}) {
    const ports = { exporter: await freePort(), remediator: await freePort() };
    const config = join(lab.dir, `${ports.exporter}.yml`);
    const usual = {
      listen: `127.0.0.1:${ports.remediator}`,
      ledger: join(lab.dir, `${ports.exporter}.jsonl`),
    };
    const exporter = { listen: `127.0.0.1:${ports.exporter}` };
    writeFileSync(config, stringify({ exporter, remediator: { ...usual, ...remediator } }));
    return { config, ports };
  }

  async function examine(config: string, wrap: readonly string[] = []) {
    const argv = [...wrap, process.execPath, program, 'doctor', '--json', '--config', config];
    const { code, stdout, stderr } = await lab.run(argv, { check: false });
    const checks: readonly Finding[] = JSON.parse(stdout).checks;
    const found = (name: string) => checks.find(({ check }) => check === name);
    const failed = checks.filter(({ state }) => state === 'fail').map(({ check }) => check);
    return { code, stderr, failed, found, machine: JSON.parse(stdout).machine };
  }

  it('finds all of systemd in order, as root', async () => {
    const { config } = await configured({ token_file: token, mode: 'enforce', policies: [POLICY] });
    const { code, stderr, failed, found, machine } = await examine(config);
    expect({ code, stderr, failed }).toEqual({ code: 0, stderr: '', failed: [] });
    const version = (await lab.run(['systemctl', 'show', '--value', '-p', 'Version'])).stdout.trim();
    expect(machine.init).toBe(`systemd ${version}`);
    expect(found('systemd')).toMatchObject({ state: 'ok', told: expect.stringContaining(version) });
    for (const check of ['cgroups', 'journal', 'inotify', 'token-file', 'ledger']) {
      expect(found(check)).toMatchObject({ state: 'ok' });
    }
    // systemd-timedated has answered, and it says what the kernel says.
    const clock = await lab.run(['timedatectl', 'show', '--value', '-p', 'NTPSynchronized']);
    expect(found('clock')?.state).toBe(clock.stdout.trim() === 'yes' ? 'ok' : 'warn');
    expect(found('clock')?.told).not.toContain('nobody tells');
    // Root needs no rule.
    expect(found('polkit')).toBeUndefined();
  });

  it('tells who has the ports', async () => {
    const { config, ports } = await configured();
    const log = join(lab.dir, 'serve.log');
    const serve = [process.execPath, program, 'serve', '--only', 'remediator', '--config', config];
    const fettle = lab.spawn(serve, { log });
    const isReady = async () => (await fetch(`http://127.0.0.1:${ports.remediator}/-/ready`)).ok || undefined;
    await waitFor('the remediator is ready', isReady, { timeoutMs: 20_000 });
    const other = createServer((socket) => socket.destroy()).listen(ports.exporter, '127.0.0.1');
    try {
      await once(other, 'listening');
      const { code, failed, found } = await examine(config);
      expect({ code, failed }).toEqual({ code: 1, failed: ['exporter-port'] });
      expect(found('exporter-port')?.mend).toContain('ss -ltnp');
      expect(found('remediator-port')).toMatchObject({
        state: 'ok',
        told: expect.stringContaining('a fettle listens'),
      });
      expect(found('ledger')).toMatchObject({ state: 'ok', told: expect.stringContaining('in use') });
    } finally {
      other.close();
      expect(await fettle.stop()).toBe(0);
    }
  });

  it('asks for a rule of polkit where a policy enforces and the user is not root', async () => {
    const readable = join(lab.dir, 'readable-token');
    writeFileSync(readable, 'secret\n', { mode: 0o644 });
    const { config } = await configured({ token_file: readable, mode: 'enforce', policies: [POLICY] });
    const nobody = ['--reuid', '65534', '--regid', '65534', '--clear-groups'];
    const readsAll = ['--inh-caps', '+dac_read_search', '--ambient-caps', '+dac_read_search'];
    const wrap = ['setpriv', ...nobody, ...readsAll, '--'];
    const without = await examine(config, wrap);
    expect(without.found('polkit')).toMatchObject({
      state: 'fail',
      mend: expect.stringContaining('rules.d'),
    });
    expect(without.found('ledger')).toMatchObject({ state: 'fail', told: expect.stringContaining('EACCES') });
    expect(without.found('systemd')).toMatchObject({ state: 'ok' });
    expect(without.found('token-file')).toMatchObject({ state: 'warn' });

    const rule =
      'polkit.addRule((action) => action.id == "org.freedesktop.systemd1.manage-units" ? "yes" : null);';
    const write = `mkdir -p /etc/polkit-1/rules.d; echo '${rule}' >/etc/polkit-1/rules.d/50-fettle.rules`;
    await lab.run(['sh', '-c', write]);
    expect((await examine(config, wrap)).found('polkit')).toMatchObject({
      // Whether it allows or forbids only polkit knows.
      state: 'warn',
      told: expect.stringContaining('50-fettle.rules'),
      mend: expect.stringContaining('systemctl --no-ask-password restart'),
    });
  });

  it('fails with advice while the bus is stopped', async () => {
    const { config } = await configured();
    await lab.run(['systemctl', 'stop', 'dbus.socket', 'dbus.service']);
    try {
      const { code, failed, found, machine } = await examine(config);
      expect({ code, failed }).toEqual({ code: 1, failed: ['systemd'] });
      expect(found('systemd')?.mend).toContain('systemctl start dbus.socket');
      expect(machine.init).toBe('systemd');
    } finally {
      await lab.run(['systemctl', 'start', 'dbus.socket', 'dbus.service']);
    }
    expect((await examine(config)).code).toBe(0);
  });
});
