import { appendFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it, onTestFinished } from 'vitest';
import { builtFettle } from '../lab/built.ts';
import { describeLab } from '../lab/describe-lab.ts';
import type { RunOptions } from '../lab/inside.ts';
import { type Lab, startLab } from '../lab/lab.ts';
import { waitFor } from '../lab/wait.ts';

const NOBODY = 65_534;

describeLab('fettle logs, on the real journal', () => {
  let lab: Lab;
  let command: readonly string[];

  beforeAll(async () => {
    command = [process.execPath, builtFettle(), 'logs'];
    lab = await startLab();
    await write('comfyui@a', "echo '<3>cannot load'; echo '<6>plain'; printf '\\033[2Jclear\\377\\n'");
    await write('comfyui@b', 'for i in $(seq 300); do echo line $i; done');
    await write('quiet', 'true', '--property=StandardOutput=null');
    await lab.run(['journalctl', '--sync']);
  });
  afterAll(() => lab?.stop());

  async function write(unit: string, script: string, ...more: readonly string[]): Promise<void> {
    await lab.run(['systemd-run', '--wait', '--quiet', ...more, `--unit=${unit}`, 'bash', '-c', script]);
  }

  const logs = (words: readonly string[], options: RunOptions = {}) =>
    lab.run([...command, ...words], { check: false, ...options });
  const linesOf = (text: string) => text.trimEnd().split('\n');

  it('shows what a unit and systemd say, and nothing that steers a terminal', async () => {
    const { code, stdout, stderr } = await logs(['comfyui@a']);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    const texts = linesOf(stdout).map((line) => line.replace(/^\S+ \S+ {2}/, '').replace(/\[\d+\]/, '[N]'));
    expect(texts).toEqual([
      expect.stringMatching(/^info {5}systemd\[N\]: Started /),
      'err      bash[N]: cannot load',
      'info     bash[N]: plain',
      'info     bash[N]: \\u001b[2Jclear\ufffd',
      expect.stringMatching(/^info {5}systemd\[N\]: .*comfyui@a\.service: /),
    ]);
  });

  it('takes globs, priorities, times and numbers of lines', async () => {
    const errors = await logs(['comfyui@*', '--priority', 'err']);
    expect(linesOf(errors.stdout)).toEqual([
      expect.stringMatching(/ err {6}comfyui@a\.service bash\[\d+\]: cannot load$/),
    ]);
    expect(linesOf((await logs(['comfyui@b'])).stdout)).toHaveLength(100);
    expect(linesOf((await logs(['comfyui@b', '--since', '1h'])).stdout).length).toBeGreaterThan(300);
    expect(linesOf((await logs(['comfyui@b', '-n', '7'])).stdout)).toHaveLength(7);
  });

  it('gives JSON', async () => {
    const { stdout } = await logs(['--json', 'comfyui@a', '-p', 'err']);
    expect(JSON.parse(stdout)).toEqual({
      timestampSeconds: expect.any(Number),
      unit: 'comfyui@a.service',
      priority: 'err',
      identifier: 'bash',
      pid: expect.any(Number),
      message: 'cannot load',
    });
  });

  it.each([
    [['nobody-knows-it']],
    [['nothing-like-it*']],
    [['comfyui@b', '--priority', 'emerg']],
    [['--user', 'root', 'app*']],
  ])('says that there are no such messages: %j', async (words) => {
    const { code, stdout, stderr } = await logs(words);
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toContain('no such messages of ');
  });

  it('says who may read it, and what is wrong with words', async () => {
    const nobody = ['setpriv', `--reuid=${NOBODY}`, '--clear-groups'];
    const refused = await lab.run([...nobody, ...command, 'comfyui@a'], { check: false });
    expect(refused).toMatchObject({ code: 1, stdout: '' });
    expect(refused.stderr).toMatch(/insufficient permissions.*systemd-journal/);
    expect(await logs(['a b'])).toMatchObject({ code: 2, stdout: '' });
    const none = await lab.run(['env', 'PATH=/nowhere', ...command, 'a'], { check: false });
    expect(none).toMatchObject({ code: 1, stderr: expect.stringContaining('there is no journalctl here') });
  });

  it.each([
    ['comfyui@a', 5],
    ['later', 0],
  ])('goes on with all that comes from %s, each once, until it is told to stop', async (unit, before) => {
    const log = join(lab.dir, `follow-${unit}.log`);
    const following = lab.spawn([...command, unit, '--follow'], { log });
    const isFollowing = async () =>
      (await lab.run(['pgrep', '-f', 'journalctl.*--follow'])).stdout || undefined;
    await waitFor('journalctl', isFollowing);
    await write(unit, 'echo it came');
    const came = () => /it came.*Deactivated successfully/s.test(following.readLog()) || undefined;
    await waitFor('the messages', came);
    expect(linesOf(following.readLog())).toHaveLength(before + 3);
    expect(await following.stop()).toBe(0);
    expect((await lab.run(['pgrep', '-x', 'journalctl'], { check: false })).stdout).toBe('');
  });

  it('follows services of a user with all that they have said, where the journal is kept on the disk', async () => {
    const kept = await startLab();
    onTestFinished(() => kept.stop());
    const config = join(kept.root, 'etc/systemd/journald.conf.d/zz-kept.conf');
    writeFileSync(config, '[Journal]\nStorage=persistent\n');
    await kept.run(['systemctl', 'restart', 'systemd-journald.service']);
    await kept.run(['journalctl', '--flush']);
    appendFileSync(join(kept.root, 'etc/passwd'), 'mine:x:1234:1234::/:/bin/sh\n');
    appendFileSync(join(kept.root, 'etc/group'), 'mine:x:1234:\n');
    const script = 'for i in 1 2 3; do echo mine $i; sleep 0.1; done';
    const run = ['systemd-run', '--wait', '--quiet', '--collect', '--uid=1234', '--unit=mine'];
    for (let time = 0; time < 3; time += 1) await kept.run([...run, 'bash', '-c', script]);
    await kept.run(['journalctl', '--sync']);
    // The user's messages have a file, and a row of numbers, of their own.
    expect((await kept.run(['sh', '-c', 'ls /var/log/journal/*/user-1234.journal'])).code).toBe(0);
    const said = (text: string) => linesOf(text).filter((line) => /: mine \d$/.test(line));
    expect(said((await kept.run([...command, 'mine'])).stdout)).toHaveLength(9);

    const following = kept.spawn([...command, 'mine', '--follow'], { log: join(kept.dir, 'follow.log') });
    await waitFor('what was said before', () => said(following.readLog()).length === 9 || undefined);
    await kept.run([...run, 'bash', '-c', script]);
    await waitFor('what was said since', () => said(following.readLog()).length >= 12 || undefined);
    await kept.run(['journalctl', '--sync']);
    expect(await following.stop()).toBe(0);
    expect(said(following.readLog())).toHaveLength(12);
  });

  it('shows units of the manager of a user', async () => {
    const runtime = `/run/user/${NOBODY}`;
    await lab.run(['install', '-d', '-o', String(NOBODY), '-m', '700', runtime]);
    // What pam_systemd and logind do at a login, which the lab has not.
    await lab.writeUnit(
      `user@${NOBODY}.service`,
      `[Service]\nType=notify\nUser=${NOBODY}\nDelegate=yes\nSlice=user-${NOBODY}.slice\nEnvironment=XDG_RUNTIME_DIR=${runtime} HOME=/tmp\nExecStart=/lib/systemd/systemd --user\n`,
    );
    await lab.run(['systemctl', 'start', `user@${NOBODY}.service`]);
    const asUser = ['setpriv', `--reuid=${NOBODY}`, 'env', `XDG_RUNTIME_DIR=${runtime}`];
    // It stays until journald has seen whose it is.
    const script = 'echo from a user; sleep 1';
    const run = ['systemd-run', '--user', '--wait', '--quiet', '--unit=app', 'bash', '-c', script];
    await lab.run([...asUser, ...run]);
    await lab.run(['journalctl', '--sync']);
    for (const words of [['app'], ['ap*']]) {
      const { stdout } = await logs(['--json', '--user', 'nobody', ...words]);
      const said = linesOf(stdout).map((line) => JSON.parse(line));
      const unit = { unit: 'app.service', user: 'nobody' };
      expect(said).toContainEqual(expect.objectContaining({ ...unit, message: 'from a user' }));
      expect(said).toContainEqual(expect.objectContaining({ identifier: 'systemd' }));
    }
  });
});
