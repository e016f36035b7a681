import { appendFileSync, copyFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { alertEntry, notificationBody } from '../fakes/notification-body.ts';
import { builtFettle } from '../lab/built.ts';
import { describeLab } from '../lab/describe-lab.ts';
import { type Lab, startLab } from '../lab/lab.ts';
import { addNotingUnit, type NotingUnit } from '../lab/noting-unit.ts';
import { postWebhook } from '../lab/post-webhook.ts';
import { freePort } from '../lab/service-process.ts';
import { setPolkitRule } from '../lab/user.ts';
import { waitFor } from '../lab/wait.ts';

const HALVES = ['remediator', 'exporter'] as const;
const TOKEN = 'a-token-of-the-lab';
const UNIT = 'web.service';

const deployed = (name: string) => fileURLToPath(new URL(`../../deploy/${name}`, import.meta.url));

/** What `deploy/README.md` says, with free ports, and policies that enforce. */
function configOf(ports: Readonly<Record<(typeof HALVES)[number], number>>): object {
  return {
    exporter: { listen: `127.0.0.1:${ports.exporter}` },
    remediator: {
      listen: `127.0.0.1:${ports.remediator}`,
      mode: 'enforce',
      token_file: '/etc/fettle/webhook-token',
      // What was installed on the host, and when it was started, is of no matter to the lab.
      defaults: { blame: { packages: '0s', boot: '0s' } },
      policies: [
        {
          name: 'failed',
          when: ['alertname = "UnitFailed"'],
          allow: [UNIT],
          steps: ['restart'],
          verify: { for: '1s', timeout: '20s' },
        },
      ],
    },
  };
}

describeLab('the deployed units, each as its own user', () => {
  let lab: Lab;
  let unit: NotingUnit;
  const urls = { remediator: '', exporter: '' };
  const inside = (path: string) => `${lab.root}${path}`;
  const fettle = (...words: readonly string[]) => lab.run(['fettle', ...words], { check: false });

  beforeAll(async () => {
    const program = builtFettle();
    lab = await startLab();
    const ports = { remediator: await freePort(), exporter: await freePort() };
    for (const half of HALVES) urls[half] = `http://127.0.0.1:${ports[half]}`;
    for (const folder of ['/etc/fettle', '/etc/sysusers.d', '/usr/local/bin']) {
      mkdirSync(inside(folder), { recursive: true });
    }
    writeFileSync(inside('/usr/local/bin/fettle'), `#!/bin/sh\nexec ${process.execPath} ${program} "$@"\n`, {
      mode: 0o755,
    });
    // Debian's package brings the group.
    appendFileSync(inside('/etc/group'), 'prometheus:x:4720:\n');
    copyFileSync(deployed('sysusers/fettle.conf'), inside('/etc/sysusers.d/fettle.conf'));
    await lab.run(['systemd-sysusers']);
    writeFileSync(inside('/etc/fettle/fettle.yml'), JSON.stringify(configOf(ports)));
    writeFileSync(inside('/etc/fettle/webhook-token'), `${TOKEN}\n`);
    await lab.run(['chown', 'root:prometheus', '/etc/fettle/webhook-token']);
    await lab.run(['chmod', '0640', '/etc/fettle/webhook-token']);
    for (const half of HALVES) {
      const name = `fettle-${half}.service`;
      await lab.writeUnit(name, readFileSync(deployed(`systemd/${name}`), 'utf8'));
    }
    await setPolkitRule(lab, (await fettle('polkit', '/etc/fettle/fettle.yml')).stdout);
    unit = await addNotingUnit(lab, UNIT);
    await lab.run(['systemctl', 'start', ...HALVES.map((half) => `fettle-${half}.service`)]);
    for (const half of HALVES) await answers(half);
  });
  afterAll(() => lab?.stop());

  async function answers(half: (typeof HALVES)[number]): Promise<void> {
    try {
      const path = half === 'remediator' ? '/-/ready' : '/metrics';
      await waitFor(`the ${half} answers`, async () => (await fetch(urls[half] + path)).ok || undefined);
    } catch (cause) {
      const { stdout } = await lab.run(['journalctl', '--no-pager', '-u', `fettle-${half}`], {
        check: false,
      });
      throw new Error(`the ${half} did not start:\n${stdout}`, { cause });
    }
  }

  it.each(HALVES)('are in order for systemd: %s', async (half) => {
    const { stdout, stderr } = await lab.run([
      'systemd-analyze',
      'verify',
      `/etc/systemd/system/fettle-${half}.service`,
    ]);
    expect([stdout, stderr].join('')).not.toContain(`fettle-${half}`);
  });

  it.each([
    ['remediator', 'fettle'],
    ['exporter', 'fettle-exporter'],
  ])('run as a user who is not root: %s', async (half, user) => {
    const pid = await lab.run(['systemctl', 'show', '--value', '-p', 'MainPID', `fettle-${half}.service`]);
    const { stdout } = await lab.run(['ps', '-o', 'user:20=', '-p', pid.stdout.trim()]);
    expect(stdout.trim()).toBe(user);
  });

  it('repair a unit that has failed, with the rule of fettle polkit, and keep what was there before', async () => {
    await lab.run(['systemctl', 'start', UNIT]);
    await lab.run(['systemctl', 'kill', '--signal=KILL', UNIT]);
    await waitFor(
      'it has failed',
      async () => (await unit.property('ActiveState')) === 'failed' || undefined,
    );
    const starts = unit.invocations().length;
    const labels = { alertname: 'UnitFailed', unit: UNIT };
    const alert = alertEntry({ labels, fingerprint: 'f1', startsAt: new Date().toISOString() });
    const { status } = await postWebhook(urls.remediator, notificationBody([alert]), TOKEN);
    expect(status).toBe(200);

    const repair = await waitFor('the repair has ended', async () => {
      const { stdout } = await fettle('repairs', '--json');
      const [first] = JSON.parse(stdout || '[]');
      return first !== undefined && first.endedAt !== null ? first : undefined;
    });
    expect(repair).toMatchObject({ unit: UNIT, outcome: 'repaired', denials: [] });
    expect(unit.invocations().length).toBe(starts + 1);

    const [{ evidenceFile }] = repair.steps;
    expect(evidenceFile).toBe(`/var/lib/fettle/evidence/${repair.id}-0.json`);
    const { journal, missing } = JSON.parse(readFileSync(inside(evidenceFile), 'utf8'));
    // Who is not in the group systemd-journal would not have it.
    expect(JSON.stringify(journal)).toContain('Main process exited, code=killed');
    // The lab keeps the kernel's log out of its journal.
    for (const part of ['journal', 'properties', 'cgroup']) {
      expect(missing).not.toHaveProperty(part);
    }
    const { stdout } = await fettle('audit', 'verify');
    expect(stdout).toContain('/var/lib/fettle/ledger.jsonl is whole');
    expect(stdout).toContain('1 file of evidence in /var/lib/fettle/evidence is as written.');
  });

  it('are told by fettle doctor that nothing is missing, asked as README.md says', async () => {
    const readme = readFileSync(deployed('README.md'), 'utf8');
    const [command = ''] = /^setpriv .*\\\n.* doctor --config .*$/m.exec(readme) ?? [];
    const { stdout } = await lab.run(['sh', '-c', `${command} --json`], { check: false, timeoutMs: 40_000 });
    const checks: readonly { readonly check: string; readonly state: string }[] = JSON.parse(stdout).checks;
    const states = new Map(checks.map(({ check, state }) => [check, state]));
    for (const name of ['configuration', 'remediator-port', 'ledger', 'token-file', 'systemd', 'journal']) {
      expect([name, states.get(name)]).toEqual([name, 'ok']);
    }
  });

  it('see units', async () => {
    const metrics = await (await fetch(`${urls.exporter}/metrics`)).text();
    expect(metrics).toContain(`systemd_unit_state{name="${UNIT}",type="service",state="active"} 1`);
    expect(metrics).toMatch(/^fettle_systemd_up 1$/m);
  });
});
