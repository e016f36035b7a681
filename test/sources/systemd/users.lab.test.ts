import { afterAll, beforeAll, expect, it } from 'vitest';
import { describeLab } from '../../lab/describe-lab.ts';
import { type LabExporter, startExporter } from '../../lab/exporter.ts';
import { type Lab, startLab } from '../../lab/lab.ts';

const UID = '65534';
const RUNTIME = `/run/user/${UID}`;
const WHOSE = { scope: 'user', user: 'nobody' };

describeLab("users' own service managers, on the real systemd", () => {
  let lab: Lab;
  let exporter: LabExporter;

  beforeAll(async () => {
    lab = await startLab();
    await lab.run(['install', '-d', '-o', UID, '-m', '700', RUNTIME]);
    // What pam_systemd and logind do at a login, which the lab has not.
    await lab.writeUnit(
      'user-manager.service',
      `[Service]\nType=notify\nUser=${UID}\nDelegate=yes\nEnvironment=XDG_RUNTIME_DIR=${RUNTIME} HOME=/tmp\nExecStart=/lib/systemd/systemd --user\n`,
    );
    exporter = await startExporter(lab, { systemd: { users: ['nobody'] } });
  });
  afterAll(async () => {
    await exporter?.process.stop();
    await lab?.stop();
  });

  const user = (...argv: readonly string[]) =>
    lab.run(['setpriv', `--reuid=${UID}`, 'env', `XDG_RUNTIME_DIR=${RUNTIME}`, ...argv]);
  const shaky = { ...WHOSE, name: 'shaky.service' };

  it('are nobody as long as none runs', async () => {
    expect((await exporter.scrape()).text).not.toContain('scope=');
  });

  it('are followed by name once one runs, with every unit that systemctl --user lists', async () => {
    await lab.run(['systemctl', 'start', 'user-manager.service']);
    const page = await exporter.until('the manager is followed', (one) =>
      one.values('fettle_systemd_up', WHOSE)[0] === 1 ? one : undefined,
    );
    const listing = ['list-units', '--all', '--plain', '--no-legend', '--full'];
    const { stdout } = await user('systemctl', '--user', ...listing);
    const listed = stdout.split('\n').flatMap((line) => line.trim().split(/\s+/)[0] || []);
    const told = page.series.filter(
      ({ name, labels }) => name === 'systemd_unit_load_state_info' && labels['user'] === 'nobody',
    );
    expect(told.map(({ labels }) => labels['name']).sort()).toEqual(
      listed.filter((name) => !name.endsWith('.device')).sort(),
    );
    expect(page.values('systemd_system_state', { ...WHOSE, state: 'running' })).toEqual([1]);
    expect(page.values('systemd_boot_time_seconds', WHOSE)).toEqual([]);
  });

  it('tell of restarts and failures by signals, and have cgroups', async () => {
    const restarting = ['-p', 'Restart=always', '-p', 'RestartSec=10ms'];
    await user('systemd-run', '--user', '--unit=shaky', ...restarting, 'sleep', '100');
    await exporter.until(
      'the unit is seen',
      (page) => page.values('systemd_unit_state', { ...shaky, state: 'active' })[0] === 1 || undefined,
    );
    await user('systemctl', '--user', 'kill', '--signal=KILL', 'shaky.service');
    // Of a user's cgroup v1 has no controllers, but CPU time is counted all the same.
    const page = await exporter.until('the restart is counted, and its cgroup is read', (one) =>
      one.values('systemd_service_restart_total', shaky)[0] === 1 &&
      one.values('systemd_unit_cpu_seconds_total', shaky).length === 2
        ? one
        : undefined,
    );
    expect(page.values('systemd_unit_failures_total', { ...shaky, result: 'signal' })).toEqual([1]);
    expect(page.values('systemd_unit_state', { name: 'shaky.service' })).toEqual(
      page.values('systemd_unit_state', shaky),
    );
  });

  it('are gone when the manager ends, and back when it is', async () => {
    const up = (value: number | undefined) =>
      exporter.until(`the user's manager is told as ${value}`, (page) =>
        page.values('fettle_systemd_up', WHOSE)[0] === value ? page : undefined,
      );
    await lab.run(['systemctl', 'kill', '--signal=KILL', 'user-manager.service']);
    expect((await up(0)).values('systemd_unit_state', WHOSE)).toEqual([]);
    await lab.run(['rm', '-rf', `${RUNTIME}/systemd`]);
    expect((await up(undefined)).values('fettle_systemd_up')).toEqual([1]);
    await lab.run(['systemctl', 'restart', 'user-manager.service']);
    expect((await up(1)).values('systemd_system_state', { ...WHOSE, state: 'running' })).toEqual([1]);
  });
});
