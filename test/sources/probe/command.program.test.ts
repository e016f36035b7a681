import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { createProbeDeps } from '../../../src/app/probe-deps.ts';
import { createGate } from '../../../src/domain/gate.ts';
import { askCommand } from '../../../src/sources/probe/command.ts';
import { asked } from '../../fakes/asked.ts';
import { notedPid } from '../../fakes/noted-pid.ts';
import { isAlive } from '../../fakes/nvidia-smi.ts';
import { tempFolder } from '../../fakes/temp-folder.ts';
import { waitFor } from '../../lab/wait.ts';
import { outcomeOf, probeOf } from './asked.ts';

const PROGRAM = fileURLToPath(new URL('../../fakes/probe-command.sh', import.meta.url));

/** Found nowhere else. */
const SECRET = 'mark3d-s3cret-of-commands';

function run(argv: readonly string[], settings: object = {}, timeout = '20s') {
  return outcomeOf({ timeout, command: { argv: [PROGRAM, ...argv], ...settings } });
}

const noted = notedPid;

const gone = (pid: number) => waitFor('it has ended', () => !isAlive(pid) || undefined);

describe('a program that ends by itself', () => {
  it('is well with its exit code, and nothing of what it says is told', async () => {
    expect(await run(['ok'])).toMatchObject({ failure: undefined, exitCode: 0, notes: [] });
    expect(await run(['fail'], { expect_exit_codes: [0, 3] })).toMatchObject({
      failure: undefined,
      exitCode: 3,
    });
  });

  it('is a failure with another, and says why in its first line', async () => {
    expect(await run(['fail'])).toMatchObject({
      exitCode: 3,
      failure: {
        reason: 'status',
        detail: `${PROGRAM} ended with exit code 3 instead of 0; it said "the disk is full"`,
      },
    });
    expect((await run(['ok'], { expect_exit_codes: [1, 2] })).failure).toEqual({
      reason: 'status',
      detail: expect.stringMatching(/exit code 0 instead of 1 or 2; it said "fine"$/),
    });
  });

  it('is given its arguments as they are: no shell sees them', async () => {
    const { failure } = await run(['args', '; echo $HOME', '*', '', '$(id)']);
    expect(failure?.detail).toContain(JSON.stringify('[; echo $HOME][*][][$(id)]').slice(1, -1));
  });

  it('has of the environment only what it is given', async () => {
    const { failure } = await run(['env'], { env: { A: 'b' } });
    // A shell sets some itself.
    const names = failure?.detail
      .match(/\b[A-Z_]+(?==)/g)
      ?.filter((name) => !/^(PWD|SHLVL|_|OLDPWD)$/.test(name));
    expect(names).toEqual(['A', 'LC_ALL', 'PATH']);
    expect(failure?.detail).toContain('LC_ALL=C');
  });

  it('that crashed is a failure without an exit code', async () => {
    const { failure, exitCode } = await run(['crash']);
    expect(failure).toEqual({
      reason: 'status',
      detail: expect.stringMatching(/was ended by a signal instead of 0/),
    });
    expect(exitCode).toBeUndefined();
  });

  it('that leaves somebody behind is not waited for', async () => {
    const note = join(tempFolder(), 'pid');
    expect(await run(['leave', note])).toMatchObject({ failure: undefined, exitCode: 0 });
    await gone(await noted(note));
  });
});

describe('a program that could not be started', () => {
  it.each<[string, (folder: string) => string, RegExp]>([
    ['is not there', (folder) => join(folder, 'none'), /there is no such program/],
    ['may not be run', (folder) => join(folder, 'text'), /it may not be run; see its rights/],
    ['is a folder', (folder) => folder, /it may not be run/],
    ['has an interpreter that is not there', (folder) => join(folder, 'script'), /not the interpreter/],
  ])('since it %s', async (_, pathIn, detail) => {
    const folder = tempFolder({ text: 'no program' });
    writeFileSync(join(folder, 'script'), '#!/none/of/this\n', { mode: 0o755 });
    const argv = [pathIn(folder), SECRET];
    const outcome = await outcomeOf({ command: { argv, env: { NAME: SECRET } } });
    expect(outcome.failure).toEqual({ reason: 'start', detail: expect.stringMatching(detail) });
    expect(JSON.stringify(outcome)).not.toContain(SECRET);
  });

  it('since its user is not there, or only root may be another', async () => {
    const nobody = await run(['ok'], { user: 'no-such-user' });
    expect(nobody.failure).toEqual({
      reason: 'start',
      detail: expect.stringMatching(/no user "no-such-user".*mend user:/),
    });
    const passwd = join(tempFolder({ passwd: 'other:x:4711:4712::/:\nown:x:33:33::/:\n' }), 'passwd');
    const settings = {
      program: PROGRAM,
      args: ['ok'],
      env: {},
      envFiles: {},
      expectExitCodes: [0],
      nagios: false,
    };
    const deps = { ...createProbeDeps('/proc'), ownUid: 33, passwd };
    expect((await asked(askCommand('a', { ...settings, user: 'other' }, deps))).failure).toEqual({
      reason: 'start',
      detail: 'only root may run a program as other; run fettle as root, or as other, or leave out user:',
    });
    expect((await asked(askCommand('a', { ...settings, user: 'own' }, deps))).failure).toBeUndefined();
  });
});

describe('a program that has to be ended', () => {
  it('goes with SIGKILL if it does not listen, and its group with it', async () => {
    const note = join(tempFolder(), 'pid');
    const asking = run(['deaf', note], {}, '500ms');
    const pid = await noted(note);
    expect((await asking).failure).toEqual({
      reason: 'timeout',
      detail: expect.stringMatching(/not done within 0.5 s, while .*probe-command.sh ran/),
    });
    await gone(pid);
  });

  it('takes with it what it has started', async () => {
    const note = join(tempFolder(), 'pid');
    const asking = run(['family', note], {}, '500ms');
    const pid = await noted(note);
    expect((await asking).failure).toMatchObject({ reason: 'timeout' });
    await gone(pid);
  });

  it('is cut off when it says too much', async () => {
    expect((await run(['flood'])).failure).toEqual({
      reason: 'too_large',
      detail: expect.stringMatching(/wrote more than 64 KiB/),
    });
  });

  it('is not started again before it has ended', async () => {
    const note = join(tempFolder(), 'pid');
    const probe = probeOf({ timeout: '300ms', command: { argv: [PROGRAM, 'deaf', note] } });
    const { signal } = new AbortController();
    const first = probe.ask(signal);
    const pid = await noted(note);
    expect((await first).failure).toMatchObject({ reason: 'timeout' });
    expect((await probe.ask(signal)).failure).toEqual({
      reason: 'timeout',
      detail: expect.stringMatching(/while waiting for an earlier run of .* to end, as it was told to/),
    });
    expect(Number(readFileSync(note, 'utf8'))).toBe(pid);
    await gone(pid);
  });

  it('gives its place to others where nothing ends it, and is not started again', async () => {
    const note = join(tempFolder(), 'pid');
    const deps = { ...createProbeDeps('/proc'), commandPlaces: createGate(1) };
    const probe = probeOf({ timeout: '300ms', command: { argv: [PROGRAM, 'deaf', note] } }, deps);
    const { signal } = new AbortController();
    expect((await probe.ask(signal)).failure).toMatchObject({ reason: 'timeout' });
    await deps.commandRuns.stop();
    await gone(await noted(note));
    const next = probeOf({ command: { argv: [PROGRAM, 'ok'] } }, deps);
    expect((await next.ask(signal)).failure).toBeUndefined();
  });

  it('leaves nobody behind, whatever it has started', async () => {
    const note = join(tempFolder(), 'pid');
    expect(await run(['quiet', note])).toMatchObject({ failure: undefined, exitCode: 0 });
    await gone(await noted(note));
  });

  it('does not run beside what a changed probe of its name has started', async () => {
    const folder = tempFolder();
    const deps = createProbeDeps('/proc');
    const old = probeOf(
      { timeout: '300ms', command: { argv: [PROGRAM, 'deaf', join(folder, 'old')] } },
      deps,
    );
    const { signal } = new AbortController();
    const first = old.ask(signal);
    const pid = await noted(join(folder, 'old'));
    expect((await first).failure).toMatchObject({ reason: 'timeout' });
    const changed = probeOf({ command: { argv: [PROGRAM, 'alone', String(pid)] } }, deps);
    expect((await changed.ask(signal)).failure).toBeUndefined();
  });
});

describe('programs of many probes', () => {
  it('run four at a time, and to wait for that is no failure', async () => {
    const deps = createProbeDeps('/proc');
    const asks = Array.from({ length: 12 }, (_, index) =>
      probeOf({ name: `a${index}`, timeout: '4s', command: { argv: [PROGRAM, 'sleep', '1.6'] } }, deps).ask(
        new AbortController().signal,
      ),
    );
    const outcomes = await Promise.all(asks);
    expect(outcomes.map(({ failure }) => failure)).toEqual(Array(12).fill(undefined));
    const waited = outcomes.filter(({ waitedSeconds }) => waitedSeconds !== undefined);
    expect(waited).toHaveLength(8);
  }, 30_000);

  it('are not begun any more once nobody wants to know', async () => {
    const folder = tempFolder();
    const deps = createProbeDeps('/proc');
    const stop = new AbortController();
    const asks = Array.from({ length: 6 }, (_, index) =>
      probeOf(
        { name: `a${index}`, command: { argv: [PROGRAM, 'family', join(folder, String(index))] } },
        deps,
      ).ask(stop.signal),
    );
    const pids = await Promise.all([0, 1, 2, 3].map((index) => noted(join(folder, String(index)))));
    stop.abort(new Error('stopping'));
    expect((await Promise.allSettled(asks)).map(({ status }) => status)).toEqual(Array(6).fill('rejected'));
    await deps.commandRuns.stop();
    await Promise.all(pids.map(gone));
    expect(existsSync(join(folder, '4')) || existsSync(join(folder, '5'))).toBe(false);
  });
});

describe('a plugin of Nagios', () => {
  it.each<[number, string | undefined, RegExp]>([
    [0, undefined, /^$/],
    [1, undefined, /warns \(exit code 1\); it said "DISK - 80% full"$/],
    [2, 'status', /exit code 2, which is CRITICAL; it said "DISK - 80% full"$/],
    [3, 'status', /exit code 3, which is UNKNOWN; it said/],
    [4, 'status', /exit code 4, which is no state of Nagios; it said/],
  ])('with exit code %d', async (code, reason, said) => {
    const outcome = await run(['plugin', "DISK - 80% full | used=80%;90;95 'free space'=2GB", String(code)], {
      nagios: true,
    });
    expect(outcome.failure?.reason).toBe(reason);
    expect(outcome.failure?.detail ?? outcome.notes.join('')).toMatch(said);
    expect(outcome).toMatchObject({ exitCode: code });
    expect(outcome.values).toEqual(
      new Map([
        ['used', 0.8],
        ['free_space', 2 * 1024 ** 3],
      ]),
    );
  });
});

describe('a secret in the environment', () => {
  it.each([false, true])('is not told (nagios: %s)', async (nagios) => {
    const env_files = { TOKEN: `${tempFolder({ token: `${SECRET}\n` })}/token` };
    for (const code of ['0', '1', '2']) {
      const outcome = await run(['secret', code], { env_files, nagios });
      expect(JSON.stringify([outcome, [...outcome.values]])).not.toContain(SECRET);
      if (nagios) expect(outcome.values.get('good')).toBe(2);
    }
    const failed = await run(['secret', '2'], { env_files, nagios });
    expect(failed.failure?.detail).toMatch(/; what it said is not shown: this probe sends a secret$/);
    if (nagios) expect(failed.notes).toEqual(['Numbers with a secret in their names were left out.']);
  });

  it('is given to the program, and nothing of it is told however short it is or how it is written', async () => {
    const folder = tempFolder({ pin: '123', odd: 'a+B\nc~d' });
    const pin = await run(['args', 'pin=123'], { env_files: { TOKEN: `${folder}/pin` } });
    expect(pin.failure?.detail).not.toContain('123');
    const argv = ["x | 'got A+b'=1 'c~d'=2 db01_latency=3", '0'];
    const odd = await run(['plugin', ...argv], { nagios: true, env_files: { TOKEN: `${folder}/odd` } });
    expect([...odd.values.keys()]).toEqual(['db01_latency']);
    const env_files = { TOKEN: `${folder}/pin` };
    const said = await outcomeOf({
      command: { argv: ['/bin/sh', '-c', 'test "$TOKEN" = 123'], env_files, expect_exit_codes: [0] },
    });
    expect(said.failure).toBeUndefined();
  });

  it('stands in a file that holds a text', async () => {
    const folder = tempFolder({ empty: '\n', zero: 'a\0b' });
    for (const file of ['empty', 'zero', 'gone']) {
      const { failure } = await run(['ok'], { env_files: { TOKEN: `${folder}/${file}` } });
      expect(failure).toEqual({ reason: 'unreadable', detail: expect.stringContaining(`${folder}/${file}`) });
    }
  });

  it('is none where it stands in the configuration: numbers and texts with such words are told', async () => {
    const text = 'OK on db01 | db01_latency=3';
    const outcome = await run(['plugin', text, '2'], { nagios: true, env: { HOST: 'db01' } });
    expect(outcome.values).toEqual(new Map([['db01_latency', 3]]));
    expect(outcome.failure?.detail).toContain('it said "OK on db01"');
  });
});

describe('a program that is run as a user', () => {
  it('is told who that is, unless the configuration says otherwise', async () => {
    const passwd = join(tempFolder({ passwd: 'own:x:33:33::/srv/own:/bin/sh\n' }), 'passwd');
    const deps = { ...createProbeDeps('/proc'), ownUid: 33, passwd };
    const settings = { program: '/bin/sh', envFiles: {}, user: 'own', expectExitCodes: [0], nagios: false };
    const said = async (env: Readonly<Record<string, string>>) => {
      const args = ['-c', 'echo "$HOME $USER $LOGNAME" >&2; exit 9'];
      return (await asked(askCommand('a', { ...settings, args, env }, deps))).failure?.detail;
    };
    expect(await said({})).toMatch(/it said "\/srv\/own own own"$/);
    expect(await said({ HOME: '/tmp' })).toMatch(/it said "\/tmp own own"$/);
  });
});
