import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, statSync, symlinkSync, utimesSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import {
  isStillThere,
  lookAtPidFile,
  type PidFileOptions,
  parsePid,
} from '../../../src/host/processes/pid-file.ts';
import { parseProcessStat, readProcessStat } from '../../../src/host/processes/process-stat.ts';
import { tempFolder } from '../../fakes/temp-folder.ts';

const lookAt = (path: string, more: Partial<PidFileOptions> = {}) =>
  lookAtPidFile({ path, procfs: '/proc', ...more });

function pidFile(text: string): string {
  return join(tempFolder({ pid: text }), 'pid');
}

describe('lookAtPidFile', () => {
  it('finds the process that it names', async () => {
    const look = await lookAt(pidFile(`${process.pid}\n`));
    expect(look).toMatchObject({ kind: 'alive', process: { pid: process.pid, parent: process.ppid } });
    if (look.kind !== 'alive') throw new Error('alive');
    expect(isStillThere('/proc', look.process)).toBe(true);
    expect(isStillThere('/proc', { ...look.process, startTicks: look.process.startTicks - 1 })).toBe(false);
    const age = Date.now() / 1000 - look.process.startSeconds;
    expect(Math.abs(age - process.uptime())).toBeLessThan(5);
  });

  /** A pid file of this very process that is older than it is, or seems so since the clock was set forward. */
  function oldPidFile(): string {
    const path = pidFile(String(process.pid));
    const before = Date.now() / 1000 - process.uptime() - 60;
    utimesSync(path, before, before);
    return path;
  }

  it('tells a process that is younger than the file from the one that wrote it, without a proof', async () => {
    expect(await lookAt(oldPidFile())).toEqual({ kind: 'reused', pid: process.pid });
  });

  it('knows the process that it has found before, whatever the clock says by now', async () => {
    const path = pidFile(String(process.pid));
    const first = await lookAt(path);
    if (first.kind !== 'alive') throw new Error('alive');
    utimesSync(path, 1, 1);
    expect(await lookAt(path, { known: first.process })).toMatchObject({ kind: 'alive' });
  });

  it('proves by the process that it has found before that another one has its pid', async () => {
    const path = pidFile(String(process.pid));
    const first = await lookAt(path);
    if (first.kind !== 'alive') throw new Error('alive');
    const known = { ...first.process, startTicks: first.process.startTicks - 1 };
    const proof = 'the one that the file was written for has ended';
    expect(await lookAt(path, { known })).toEqual({ kind: 'reused', pid: process.pid, proof });
    // Written anew, it may be for the process of now.
    utimesSync(path, Date.now() / 1000, Date.now() / 1000 - 1);
    expect(await lookAt(path, { known })).toMatchObject({ kind: 'alive' });
    utimesSync(path, 1, 1);
    expect(await lookAt(path, { known })).toEqual({ kind: 'reused', pid: process.pid });
  });

  it('proves it by a name that is not the one of the process, and by nothing else', async () => {
    const young = pidFile(String(process.pid));
    for (const path of [young, oldPidFile()]) {
      expect(await lookAt(path, { name: 'runner' })).toMatchObject({
        kind: 'reused',
        proof: expect.stringMatching(/^it is ".+" and not "runner"$/),
      });
    }
    expect(await lookAt(young, { name: 'node' })).toMatchObject({ kind: 'alive' });
    expect(await lookAt(oldPidFile(), { name: 'node' })).toEqual({ kind: 'reused', pid: process.pid });
  });

  it("knows that the kernel's own threads write no files", async () => {
    const folder = tempFolder({
      'proc/stat': 'btime 1000\n',
      'proc/42/stat': '42 (kworker/0:1) S 2 0 0 0 -1 69238880 0 0 0 0 0 0 0 0 20 0 1 0 30 0 0',
    });
    expect(await lookAt(pidFile('42'), { procfs: join(folder, 'proc') })).toMatchObject({
      kind: 'reused',
      proof: "it is one of the kernel's own",
    });
  });

  it('tells whose word it is, of the very file that it has read', async () => {
    const path = pidFile(String(process.pid));
    chmodSync(path, 0o664);
    const look = await lookAt(path);
    const { uid, gid, mode, ino: inode } = statSync(path);
    expect(look).toMatchObject({ process: { file: { uid, gid, mode, inode } } });
  });

  it('tells that the process has ended', async () => {
    expect(await lookAt(pidFile('4194304'))).toEqual({ kind: 'dead', pid: 4_194_304 });
  });

  it('tells that there is no file', async () => {
    expect(await lookAt(join(tempFolder(), 'pid'))).toEqual({ kind: 'none' });
  });

  it.each([
    '',
    '\n',
    'x',
    '-5',
    '0',
    '1',
    '12a',
    '99999999999',
    '1e3',
    '0x10',
    '4194305',
    `${'1'.repeat(100)}\n`,
  ])('does not believe a file with %j in it', async (text) => {
    expect(await lookAt(pidFile(text))).toMatchObject({ kind: 'bad' });
  });

  it('follows no link, and waits for no pipe', async () => {
    const folder = tempFolder();
    symlinkSync('/etc/shadow', join(folder, 'link'));
    mkdirSync(join(folder, 'folder'));
    execFileSync('mkfifo', [join(folder, 'pipe')]);
    const problemOf = async (name: string) => JSON.stringify(await lookAt(join(folder, name)));
    expect(await problemOf('link')).toContain('it is a symbolic link');
    expect(await problemOf('folder')).toContain('it is no regular file');
    expect(await problemOf('pipe')).toContain('it is no regular file');
  });

  it('says that it needs procfs', async () => {
    const path = pidFile('7');
    await expect(lookAtPidFile({ path, procfs: tempFolder() })).rejects.toMatchObject({ code: 'unreadable' });
  });
});

describe('parsePid', () => {
  it.each([
    ['2', 2],
    [' 77 \n', 77],
    ['77\r\nname\n', 77],
    ['77\0', undefined],
    ['77 88', undefined],
    ['\n77', 77],
  ])('reads %j', (text, pid) => {
    expect(parsePid(text)).toBe(pid);
  });
});

describe('parseProcessStat', () => {
  const stat = (name: string, state: string) =>
    `42 (${name}) ${state} 7 42 41 0 -1 4194560 1 2 3 4 150 50 25 75 20 0 1 0 123456 1000 10 0`;

  it('reads a process, whatever its name', () => {
    expect(parseProcessStat(stat(') R 1 (x', 'S'))).toEqual({
      pid: 42,
      parent: 7,
      session: 41,
      startTicks: 123_456,
      cpuSeconds: 3,
      isKernelThread: false,
    });
  });

  it('knows that a zombie has ended', () => {
    expect(parseProcessStat(stat('x', 'Z'))).toBeUndefined();
  });

  it.each(['', 'x', '42', '42 (x) S'])('finds no process in %j', (text) => {
    expect(parseProcessStat(text)).toBeUndefined();
  });

  it('reads the real one', () => {
    expect(readProcessStat('/proc', process.pid)).toMatchObject({ pid: process.pid, parent: process.ppid });
    expect(readProcessStat('/proc', 4_194_304)).toBeUndefined();
  });
});
