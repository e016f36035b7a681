import { afterAll, beforeAll, expect, it } from 'vitest';
import { describeLab } from '../../lab/describe-lab.ts';
import { type Lab, startLab } from '../../lab/lab.ts';
import { repository } from '../../lab/unpack.ts';

/** Asks for the unit of a process on the machine that it runs on: what a process's cgroup is called depends on that. */
const ASK = `
  import { createProcessUnits } from '${repository}/src/sources/processes/process-units.ts';
  const clock = { elapsedMs: () => performance.now() };
  const { unitOf } = createProcessUnits({ procfs: '/proc', clock });
  console.log(JSON.stringify(unitOf(Number(process.argv[1])) ?? null));`;

describeLab('units of processes, on the real systemd', () => {
  let lab: Lab;
  beforeAll(async () => {
    lab = await startLab({ share: [repository] });
  });
  afterAll(() => lab?.stop());

  const start = async (...options: readonly string[]): Promise<string> => {
    await lab.run(['systemd-run', ...options, 'sleep', 'infinity']);
    const unit = options.find((option) => option.startsWith('--unit='))?.slice('--unit='.length) ?? '';
    const { stdout } = await lab.run(['systemctl', 'show', '--value', '-p', 'MainPID', unit]);
    return stdout.trim();
  };
  const unitOf = async (pid: string): Promise<unknown> => {
    const argv = [process.execPath, '--import', 'tsx', '--input-type=module', '-e', ASK, pid];
    const { stdout } = await lab.run(['env', '-C', repository, ...argv]);
    return JSON.parse(stdout);
  };

  it('are those that systemd says', async () => {
    expect(await unitOf(await start('--unit=train.service'))).toEqual({
      unit: 'train.service',
      scope: 'system',
    });
    expect(await unitOf(await start('--unit=rank@3.service', '--slice=gpu-jobs.slice'))).toEqual({
      unit: 'rank@3.service',
      scope: 'system',
    });
    const pid = await start('--unit=memory.service');
    // The kernel has files that begin so, and systemd sets the cgroup apart from them.
    expect((await lab.run(['cat', `/proc/${pid}/cgroup`])).stdout).toContain(
      '/system.slice/_memory.service\n',
    );
    expect(await unitOf(pid)).toEqual({ unit: 'memory.service', scope: 'system' });
    expect(await unitOf('1')).toEqual({ unit: 'init.scope', scope: 'system' });
  });

  it('are those of a user, where the manager of that user runs them', async () => {
    const uid = '65534';
    const runtime = `/run/user/${uid}`;
    await lab.run(['install', '-d', '-o', uid, '-m', '700', runtime]);
    // What pam_systemd and logind do at a login, which the lab has not.
    const environment = `XDG_RUNTIME_DIR=${runtime} HOME=/tmp`;
    const exec = '/lib/systemd/systemd --user';
    await lab.writeUnit(
      `user@${uid}.service`,
      `[Service]\nType=notify\nUser=${uid}\nDelegate=yes\nSlice=user-${uid}.slice\nEnvironment=${environment}\nExecStart=${exec}\n`,
    );
    await lab.run(['systemctl', 'start', `user@${uid}.service`]);
    const user = (...argv: readonly string[]) =>
      lab.run(['setpriv', `--reuid=${uid}`, 'env', `XDG_RUNTIME_DIR=${runtime}`, ...argv]);
    await user('systemd-run', '--user', '--unit=notebook.service', 'sleep', 'infinity');
    const { stdout } = await user(
      'systemctl',
      '--user',
      'show',
      '--value',
      '-p',
      'MainPID',
      'notebook.service',
    );
    expect(await unitOf(stdout.trim())).toEqual({ unit: 'notebook.service', scope: 'user', user: uid });
  });
});
