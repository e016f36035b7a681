import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { lockFile } from '../../src/host/files/file-lock.ts';
import { readPause } from '../../src/host/pause-file.ts';
import { tempFolder } from '../fakes/temp-folder.ts';
import { findProgram } from '../lab/programs.ts';
import { asNobody } from './as-nobody.ts';
import { NO_BUS, startFettle } from './run-fettle.ts';

const canBeNobody = process.getuid?.() === 0 && findProgram('setpriv') !== undefined;

/** A state folder with a ledger in it, and a fettle that keeps its state there. */
function state(files: Readonly<Record<string, string>> = { 'ledger.jsonl': '' }) {
  const folder = tempFolder(files);
  const path = join(folder, 'pause.json');
  const run = async (...words: readonly string[]) => {
    const env = { ...NO_BUS, STATE_DIRECTORY: folder, SUDO_USER: 'alice' };
    const { code, stdout, stderr } = await startFettle(words, onTestFinished, env).ended;
    return { code, stdout, stderr };
  };
  const now = async () => {
    const read = await readPause(path, new Date());
    return read.known ? read.value : read;
  };
  return { folder, path, run, now };
}

describe('fettle pause and resume', () => {
  it('pause until somebody resumes', async () => {
    const { path, run, now } = state();
    const paused = await run('pause', '--reason', 'driver upgrade');
    expect(paused).toMatchObject({ code: 0, stderr: '' });
    expect(paused.stdout).toContain(
      'No further step is begun, and nothing is put back, until the pause ends.',
    );
    expect(paused.stdout).toContain('It has no end: end it with fettle resume\n');
    expect(paused.stdout).toContain('Paused until somebody resumes by alice: driver upgrade\n');
    expect(paused.stdout).toContain(path);
    expect(await now()).toMatchObject({ reason: 'driver upgrade', by: 'alice', until: undefined });

    const resumed = await run('resume');
    expect(resumed).toMatchObject({
      code: 0,
      stderr: '',
      stdout: expect.stringMatching(/^Resumed.*driver upgrade/),
    });
    expect(existsSync(path)).toBe(false);
    expect(await run('resume')).toMatchObject({ code: 0, stdout: expect.stringMatching(/^Not paused/) });
  });

  it('pause for a while, in the place of another pause', async () => {
    const { run, now } = state();
    await run('pause', '--reason', 'first');
    const before = Date.now();
    const second = await run('pause', '--for', '2h', '--reason', 'second');
    expect(second.stdout).toMatch(/^Paused until 20\d\d-\d\d-\d\d \d\d:\d\d:\d\d UTC by alice: second\n/);
    expect(second.stdout).toContain('It replaces the pause until somebody resumes by alice: first\n');
    const pause = await now();
    const until = pause !== undefined && 'until' in pause ? pause.until?.getTime() : undefined;
    expect(Math.round(((until ?? 0) - before) / 60_000)).toBe(120);
  });

  it('end what is no pause, and replace it', async () => {
    const { path, run, now } = state({ 'ledger.jsonl': '', 'pause.json': 'rubbish' });
    expect(await run('resume')).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/could not be read as a pause/),
    });
    writeFileSync(path, '');
    expect((await run('pause', '--reason', 'x')).stdout).toContain(
      'It replaces a file that could not be read as a pause',
    );
    expect(await now()).toMatchObject({ reason: 'x' });
  });

  it.each([
    [['pause']],
    [['pause', '--reason', ' ']],
    [['pause', '--reason', 'two', 'words']],
    [['pause', '--reason', 'x'.repeat(501)]],
    [['pause', '--reason', 'x', '--for', 'soon']],
    [['pause', '--reason', 'x', '--for', '0s']],
    [['pause', '--reason', 'x', '--for', '9999w']],
    [['pause', '--reason', 'x', '--json']],
    [['resume', 'now']],
    [['pause', '--reason', 'x', '--config', '/nowhere/fettle.yml']],
  ])('change nothing when they are called wrongly: %j', async (words) => {
    const { path, run } = state();
    expect(await run(...words)).toMatchObject({ code: 2, stdout: '', stderr: expect.stringMatching(/\S/) });
    expect(existsSync(path)).toBe(false);
  });

  it('find the ledger of a configuration, and warn where there is none', async () => {
    const { folder, path, run } = state({});
    const elsewhere = join(folder, 'other');
    writeFileSync(join(folder, 'f.yml'), `remediator:\n  ledger: ${elsewhere}/ledger.jsonl\n`);
    const paused = await run('pause', '--reason', 'x', '--config', join(folder, 'f.yml'));
    expect(paused).toMatchObject({
      code: 0,
      stderr: expect.stringMatching(/WARNING: there is no ledger at .*other/),
    });
    expect([existsSync(path), existsSync(join(elsewhere, 'pause.json'))]).toEqual([false, true]);
    await run('resume', '-c', join(folder, 'f.yml'));
    expect(existsSync(join(elsewhere, 'pause.json'))).toBe(false);
  });

  // Not as root, whose usual place may be that of a fettle that works here.
  it.skipIf(!canBeNobody)('change nothing in the usual place of a user whom no fettle serves', async () => {
    const home = tempFolder();
    chownSync(home, 65534, 65534);
    const lost = await asNobody({ HOME: home }, 'pause', '--reason', 'x');
    expect(lost).toMatchObject({
      code: 1,
      stdout: '',
      stderr: expect.stringMatching(/^fettle: not paused: there is no ledger at .*Run it as root/),
    });
    expect(readdirSync(home)).toEqual([]);
  });

  it('believe who says where it is, before there is a ledger', async () => {
    const { path, run } = state({});
    expect(await run('pause', '--reason', 'x')).toMatchObject({ code: 0 });
    expect(existsSync(path)).toBe(true);
  });

  it.runIf(process.platform === 'linux')('tell whether a fettle runs that sees it', async () => {
    const { folder, run } = state();
    expect((await run('pause', '--reason', 'x')).stdout).toContain('No fettle was found running');
    const lock = await lockFile(join(folder, 'ledger.jsonl'));
    onTestFinished(() => lock.release());
    expect((await run('pause', '--reason', 'x')).stdout).toContain('A fettle runs with that ledger');
  });

  it('show nothing that steers a terminal', async () => {
    const { run } = state();
    const { stdout } = await run('pause', '--reason', 'a\u001b[2Jb');
    expect(stdout).toContain('a\\u001b[2Jb');
    expect(stdout).not.toContain('\u001b');
  });

  it.skipIf(!canBeNobody)('say who may do it', async () => {
    const { folder, path } = state();
    chmodSync(folder, 0o755);
    const own = join(folder, 'own');
    mkdirSync(own);
    chownSync(own, 1, 1);
    const { code, stdout, stderr } = await asNobody({ STATE_DIRECTORY: own }, 'pause', '--reason', 'x');
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toMatch(/nothing has changed: .*EACCES.*run it as daemon, .*sudo -u daemon fettle pause/);
    writeFileSync(path, readFileSync(join(folder, 'ledger.jsonl')));
    expect((await asNobody({ STATE_DIRECTORY: folder }, 'resume')).stderr).toMatch(
      /nothing has changed: .*run it as root: sudo fettle resume/,
    );
  });
});
