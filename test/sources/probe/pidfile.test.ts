import { execFileSync, spawn } from 'node:child_process';
import {
  chmodSync,
  mkdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it, onTestFinished } from 'vitest';
import { isHiddenProcess } from '../../../src/host/processes/process-names.ts';
import { judgePidfile, type PidfileSight, pidfileNotes } from '../../../src/sources/probe/judge-pidfile.ts';
import { askPidfile } from '../../../src/sources/probe/pidfile.ts';
import { asked, fileDeps } from '../../fakes/asked.ts';
import { tempFolder } from '../../fakes/temp-folder.ts';
import { waitFor } from '../../lab/wait.ts';
import { outcomeOf } from './asked.ts';

const DAEMON = fileURLToPath(new URL('../../fakes/double-fork.sh', import.meta.url));

/** A daemon that has forked twice, and its files. It ends with the test. */
async function startDaemon() {
  const folder = tempFolder();
  const [path, status] = [join(folder, 'daemon.pid'), join(folder, 'status.json')];
  execFileSync(DAEMON, [path, status]);
  const read = (file: string) =>
    statSync(file, { throwIfNoEntry: false }) ? readFileSync(file, 'utf8') : '';
  const pid = await waitFor('it has written its files and sleeps', () => {
    const found = Number(read(path));
    return found > 1 && read(status) !== '' && read(`/proc/${found}/comm`) === 'sleep\n' ? found : undefined;
  });
  onTestFinished(() => {
    try {
      process.kill(pid, 'SIGKILL');
    } catch {
      // The test has ended it.
    }
  });
  return { path, status, pid };
}

/** What comes of a pid file that holds this. */
async function failureOf(text: string | Buffer) {
  const path = join(tempFolder(), 'pid');
  writeFileSync(path, text);
  return (await outcomeOf({ pidfile: { path } })).failure;
}

describe('a daemon that has forked twice', () => {
  it('is alive, and the one that is meant', async () => {
    const { path } = await startDaemon();
    expect(await outcomeOf({ pidfile: { path } })).toMatchObject({ failure: undefined, notes: [] });
    expect((await outcomeOf({ pidfile: { path, name: 'sleep' } })).failure).toBeUndefined();
    expect((await outcomeOf({ pidfile: { path, name: 'runner' } })).failure).toEqual({
      reason: 'reused',
      detail: expect.stringMatching(/which is "sleep" and not "runner"$/),
    });
  });

  it('that has ended is dead', async () => {
    const { path, pid } = await startDaemon();
    process.kill(pid, 'SIGKILL');
    const failure = await waitFor('it is gone', async () => (await outcomeOf({ pidfile: { path } })).failure);
    expect(failure).toEqual({ reason: 'dead', detail: `${path} names process ${pid}, which is not there` });
  });

  it('whose file is older than the process with its pid has ended: the pid was given away again', async () => {
    const { path, pid } = await startDaemon();
    const hourAgo = Date.now() / 1000 - 3600;
    utimesSync(path, hourAgo, hourAgo);
    expect((await outcomeOf({ pidfile: { path } })).failure).toEqual({
      reason: 'reused',
      detail: expect.stringContaining(`names process ${pid}, which was started after the file was written`),
    });
  });

  it('says how it is', async () => {
    const { path, status } = await startDaemon();
    const status_file = {
      path: status,
      max_age: '1h',
      state: { one_of: ['running', 'idle'] },
      values: { jobs: '/queue/jobs', none: '/none' },
    };
    const outcome = await outcomeOf({ pidfile: { path, status_file } });
    expect(outcome.failure).toBeUndefined();
    expect(outcome.values).toEqual(new Map([['jobs', 3]]));
    expect(outcome.notes).toEqual([`${status} has no number for none at /none.`]);
    expect(outcome.sizeBytes).toBe(statSync(status).size);
  });

  it.each<[string, string, string, RegExp]>([
    ['in a bad state', '{"state":"failed","n":1}', 'content', /says "failed"; expected "running" or "idle"$/],
    ['without a state', '{"n":1}', 'content', /says no text at \/state/],
    ['half of a text', '{"state":"run', 'content', /holds no JSON$/],
    ['an empty text', '', 'content', /holds no JSON$/],
    [
      'too long a text',
      `{"state":"running","n":1,"x":"${'x'.repeat(70_000)}"}`,
      'unreadable',
      /larger than the 65536 bytes/,
    ],
    ['deep lists', '['.repeat(30_000), 'content', /holds no JSON$/],
  ])('whose status file has %s is not well', async (_, text, reason, detail) => {
    const { path, status } = await startDaemon();
    writeFileSync(status, text);
    const status_file = { path: status, state: { one_of: ['running', 'idle'] }, values: { n: '/n' } };
    const { failure } = await outcomeOf({ pidfile: { path, status_file } });
    expect(failure).toEqual({ reason, detail: expect.stringMatching(detail) });
  });

  it('whose status file is old hangs, and its numbers are told all the same', async () => {
    const { path, status } = await startDaemon();
    const hourAgo = Date.now() / 1000 - 3600;
    utimesSync(status, hourAgo, hourAgo);
    const status_file = { path: status, max_age: '1m', values: { jobs: '/queue/jobs' } };
    const { failure, values } = await outcomeOf({ pidfile: { path, status_file } });
    expect(failure).toEqual({ reason: 'stale', detail: expect.stringMatching(/60 min ago, more than 60 s/) });
    expect(values.get('jobs')).toBe(3);
  });

  it('whose status file is of a time to come may hang: it would be new for ever', async () => {
    const { path, status } = await startDaemon();
    utimesSync(status, 4e9, 4e9);
    const ask = async (max_age: string) =>
      (await outcomeOf({ pidfile: { path, status_file: { path: status, max_age } } })).failure;
    expect(await ask('1m')).toEqual({
      reason: 'stale',
      detail: expect.stringMatching(/lies in the future, by \d+(\.\d+)? days; see whether/),
    });
    const soon = Date.now() / 1000 + 30;
    utimesSync(status, soon, soon);
    expect(await ask('1m')).toBeUndefined();
  });

  it('whose status file leads elsewhere is not believed, and nothing of that is told', async () => {
    const { path, status } = await startDaemon();
    const elsewhere = `${status}.link`;
    symlinkSync('/etc/passwd', elsewhere);
    const outcome = await outcomeOf({ pidfile: { path, status_file: { path: elsewhere } } });
    expect(outcome.failure).toMatchObject({
      reason: 'unreadable',
      detail: expect.stringMatching(/symbolic link/),
    });
    expect(JSON.stringify(outcome)).not.toContain('root:');
    const missing = await outcomeOf({ pidfile: { path, status_file: { path: `${status}.none` } } });
    expect(missing.failure).toMatchObject({ reason: 'missing' });
  });
});

describe('a pid file', () => {
  it.each<[string, string | Buffer]>([
    ['nothing', ''],
    ['spaces', '  \n\n'],
    ['a word', 'nginx\n'],
    ['a negative number', '-1\n'],
    ['no process', '0\n'],
    ['the first process', '1\n'],
    ['a broken number', '12.5\n'],
    ['a huge number', '99999999999999999999\n'],
    ['a number in another writing', '0x10\n'],
    ['a word in the first line', 'pid\n123\n'],
    ['zeros', Buffer.alloc(20)],
    ['bytes that are no text', Buffer.from([0xff, 0xfe, 0x31, 0x00])],
  ])('that holds %s is rubbish', async (_, text) => {
    expect(await failureOf(text)).toMatchObject({ reason: 'content' });
  });

  it('of several lines has its pid in the first, as that of PostgreSQL', async () => {
    expect(await failureOf(`${process.pid}\n/var/lib/x\n5432\n`)).toBeUndefined();
    expect(await failureOf(`  ${process.pid}`)).toBeUndefined();
    const lines = [process.pid, '/var/lib/postgresql/16/main', 1_700_000_000, 5432, '/var/run/postgresql'];
    const whole = [...lines, '127.0.0.1', '  12345678    131072', 'ready   ', ''].join('\n');
    expect(whole.length).toBeGreaterThan(100);
    expect(await failureOf(whole)).toBeUndefined();
  });

  it('of a megabyte is not read', async () => {
    expect(await failureOf('1'.repeat(1_000_000))).toMatchObject({ reason: 'unreadable' });
  });

  it('that is not there says that the daemon may not run', async () => {
    const path = join(tempFolder(), 'none');
    expect((await outcomeOf({ pidfile: { path } })).failure).toMatchObject({ reason: 'missing' });
  });

  it('that is a link to /etc/shadow is not read', async () => {
    const path = join(tempFolder(), 'pid');
    symlinkSync('/etc/shadow', path);
    const outcome = await outcomeOf({ pidfile: { path } });
    expect(outcome.failure).toEqual({
      reason: 'unreadable',
      detail: expect.stringMatching(/it is a symbolic link/),
    });
    expect(JSON.stringify(outcome)).not.toMatch(/root|\$/);
  });

  it('that is a pipe, a socket or a folder holds nobody up', async () => {
    const folder = tempFolder();
    execFileSync('mkfifo', [join(folder, 'pipe')]);
    mkdirSync(join(folder, 'folder'));
    for (const path of [join(folder, 'pipe'), join(folder, 'folder'), '/dev/zero']) {
      expect((await outcomeOf({ pidfile: { path } })).failure).toMatchObject({ reason: 'unreadable' });
    }
  });

  it('that names a process which only waits to be collected names a dead one', async () => {
    // Its parent has become another program by then, which does not collect it.
    const parent = spawn('sh', ['-c', 'sleep 0.3 & echo $!; exec sleep 600'], {
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    onTestFinished(() => void parent.kill('SIGKILL'));
    let said = '';
    parent.stdout.setEncoding('utf8').on('data', (text: string) => {
      said += text;
    });
    const pid = await waitFor('it is a zombie', () =>
      said !== '' && / Z /.test(readFileSync(`/proc/${Number(said)}/stat`, 'utf8'))
        ? Number(said)
        : undefined,
    );
    expect(await failureOf(`${pid}\n`)).toMatchObject({ reason: 'dead' });
  });

  it('cannot be judged where there is no procfs, as on macOS', async () => {
    const folder = tempFolder({ pid: `${process.pid}\n` });
    const settings = { path: join(folder, 'pid'), name: undefined, statusFile: undefined };
    const ask = askPidfile(settings, { ...fileDeps(), procfs: join(folder, 'none') });
    expect((await asked(ask)).failure).toEqual({
      reason: 'unreadable',
      detail: expect.stringMatching(/pid files need Linux's procfs/),
    });
  });

  it('that everybody may write is well, and said to be so', async () => {
    const path = join(tempFolder({ pid: `${process.pid}\n` }), 'pid');
    chmodSync(path, 0o666);
    const outcome = await outcomeOf({ pidfile: { path } });
    expect(outcome.failure).toBeUndefined();
    expect(outcome.notes).toEqual([expect.stringMatching(/^Everybody may write .*chmod o-w/)]);
  });
});

describe('what is said of a pid file', () => {
  const dead: PidfileSight = {
    look: { kind: 'dead', pid: 12 },
    isHidden: false,
    names: { comm: 'runner', programs: [], uid: 33 },
    owner: { uid: 33, worldWritable: false },
  };

  it('is its owner, unless it is root, fettle or the user of the process', () => {
    const notesOf = (uid: number) =>
      pidfileNotes('/run/x.pid', { ...dead, owner: { uid, worldWritable: false } }, 999);
    expect([0, 33, 999].flatMap(notesOf)).toEqual([]);
    expect(notesOf(1000)).toEqual([
      '/run/x.pid belongs to user 1000, who is neither root nor the one that the process runs as.',
    ]);
  });

  it('is that its process is hidden, and so cannot be judged', () => {
    const hidden = { ...dead, names: undefined, isHidden: true };
    for (const name of ['runner', undefined]) {
      expect(() => judgePidfile('/run/x.pid', name, hidden)).toThrow(
        expect.objectContaining({
          reason: 'unreadable',
          message: expect.stringMatching(/^\/run\/x\.pid names process 12, which procfs hides \(hidepid\)/),
        }),
      );
    }
    expect(() => judgePidfile('/run/x.pid', 'runner', dead)).toThrow(/which is not there/);
  });

  it('is the proof that its process is another one', () => {
    const look = { kind: 'reused', pid: 12, proof: "it is one of the kernel's own" } as const;
    expect(() => judgePidfile('/run/x.pid', undefined, { ...dead, look })).toThrow(
      "/run/x.pid names process 12, which is another one: it is one of the kernel's own",
    );
  });

  it('is that the name of its process cannot be read, if one is wanted', () => {
    const process = { pid: 12, startTicks: 1, startSeconds: 1 };
    const nameless = {
      ...dead,
      look: { kind: 'alive', process },
      names: undefined,
    } as unknown as PidfileSight;
    expect(() => judgePidfile('/run/x.pid', undefined, nameless)).not.toThrow();
    expect(() => judgePidfile('/run/x.pid', 'runner', nameless)).toThrow(
      expect.objectContaining({ reason: 'unreadable' }),
    );
  });

  it('says of a process of somebody else that it is hidden, of none that it is not', () => {
    const throwing = (code: string) => () => {
      throw Object.assign(new Error(code), { code });
    };
    expect(isHiddenProcess(12, throwing('EPERM'))).toBe(true);
    expect(isHiddenProcess(12, throwing('ESRCH'))).toBe(false);
    expect(isHiddenProcess(12, () => undefined)).toBe(false);
  });
});
