import { chmodSync, chownSync, readFileSync, rmSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { DaemonSpec } from '../../src/domain/daemon.ts';
import type { UnitRef } from '../../src/domain/unit.ts';
import { systemClock } from '../../src/host/clock.ts';
import { createPidfileManager } from '../../src/managers/pidfile.ts';
import { fakeDaemon } from '../fakes/daemon.ts';
import { isAlive } from '../fakes/nvidia-smi.ts';

const REF: UnitRef = { manager: 'pidfile', scope: 'system', name: 'runner' };
const limit = () => AbortSignal.timeout(20_000);

/** A daemon, running or not, and its manager. */
async function managed(changes: Partial<DaemonSpec> = {}, isRunning = true) {
  const daemon = fakeDaemon('runner', changes);
  const of = (spec: DaemonSpec) =>
    createPidfileManager({ daemons: [spec], procfs: '/proc', clock: systemClock });
  if (isRunning)
    await of({ ...daemon.spec, commands: { start: daemon.command('start') } }).run('start', REF, limit());
  return {
    daemon,
    manager: of(daemon.spec),
    withSpec: (more: Partial<DaemonSpec>) => of({ ...daemon.spec, ...more }),
  };
}

describe('a daemon with a pid file, as a unit', () => {
  it('runs on after the command that has started it, whose output it keeps open', async () => {
    const { daemon, manager } = await managed();
    const pid = daemon.pid() ?? 0;
    expect(readFileSync(`/proc/${pid}/stat`, 'utf8')).not.toContain(` ${process.pid} `);
    expect(await manager.inspect(REF, limit())).toMatchObject({
      id: 'runner',
      activeState: 'active',
      subState: 'running',
      invocationId: expect.stringContaining(`pid ${pid}, started `),
    });
  });

  it('has failed when its process is gone and its pid file is not, and keeps the name of its run', async () => {
    const { daemon, manager } = await managed();
    const before = await manager.inspect(REF, limit());
    process.kill(daemon.pid() ?? 0, 'SIGKILL');
    await expect.poll(async () => (await manager.inspect(REF, limit()))?.activeState).toBe('failed');
    expect(await manager.inspect(REF, limit())).toMatchObject({
      result: 'ended',
      invocationId: before?.invocationId,
    });
  });

  it.each([
    ['is stale', '{"state": "ok"}', 3600, 'status file is stale'],
    ['says something else', '{"state": "error"}', 0, 'says "error"'],
    ['is no JSON', '{', 0, 'status file is no JSON'],
    ['has no state', '{"state": 7}', 0, 'status file has no text at /state'],
    ['is too large', 'x'.repeat(70_000), 0, 'status file cannot be read'],
  ])('is active all the same when its status file %s', async (_what, text, age, problem) => {
    const { daemon, withSpec } = await managed();
    const path = join(daemon.folder, 'own-status');
    daemon.write('own-status', text);
    const seconds = Date.now() / 1000 - age;
    utimesSync(path, seconds, seconds);
    const state = { pointer: '/state', oneOf: ['ok', 'idle'] };
    const manager = withSpec({ statusFile: { path, maxAgeSeconds: 60, state, values: {} } });
    expect(await manager.inspect(REF, limit())).toMatchObject({
      activeState: 'active',
      subState: `running, but ${problem}`,
    });
  });

  it('is active all the same when its status command says no', async () => {
    const { daemon, withSpec } = await managed();
    const manager = withSpec({ commands: { status: daemon.command('fail') } });
    expect(await manager.inspect(REF, limit())).toMatchObject({
      activeState: 'active',
      subState: expect.stringMatching(/^running, but .*daemon\.sh ended with exit code 7; /),
      canStart: false,
      canStop: false,
    });
  });

  it('cannot be known while its pid file cannot be believed, and nothing is done to it', async () => {
    const { daemon, manager } = await managed({}, false);
    symlinkSync('/etc/shadow', join(daemon.folder, 'pid'));
    await expect(manager.inspect(REF, limit())).rejects.toMatchObject({ code: 'unreadable' });
    for (const action of ['start', 'stop', 'restart'] as const) {
      expect(await manager.run(action, REF, limit())).toMatchObject({ accepted: false });
    }
    expect([daemon.count('starts'), daemon.count('stops')]).toEqual([0, 0]);
  });
});

describe('a daemon whose pid was given to another process', () => {
  /** The pid file names this very process, which is younger than the file. */
  async function reused() {
    const { daemon, ...rest } = await managed({}, false);
    daemon.write('pid', String(process.pid));
    const before = Date.now() / 1000 - process.uptime() - 60;
    utimesSync(join(daemon.folder, 'pid'), before, before);
    return { daemon, ...rest };
  }

  it('has failed', async () => {
    const { manager } = await reused();
    expect(await manager.inspect(REF, limit())).toMatchObject({ activeState: 'failed' });
  });

  it('is not stopped, by no command and no signal', async () => {
    const { daemon, manager, withSpec } = await reused();
    expect(await manager.run('stop', REF, limit())).toMatchObject({ accepted: true, jobResult: 'done' });
    const bySignal = withSpec({ commands: {}, stopSignal: 'SIGKILL' });
    expect(await bySignal.run('stop', REF, limit())).toMatchObject({ accepted: true, jobResult: 'done' });
    expect(daemon.count('stops')).toBe(0);
  });

  it('is restarted by its start command, never by the one that would end that process', async () => {
    const { daemon, withSpec } = await reused();
    const { start, restart } = daemon.spec.commands;
    expect(await withSpec({ commands: { restart } }).run('restart', REF, limit())).toMatchObject({
      accepted: false,
    });
    expect(daemon.count('stops')).toBe(0);
    rmSync(join(daemon.folder, 'pid'));
    expect(await withSpec({ commands: { start, restart } }).run('restart', REF, limit())).toMatchObject({
      jobResult: 'done',
    });
    expect(daemon.count('stops')).toBe(0);
  });
});

describe('the commands of a daemon', () => {
  it('restart it by stop and start where there is no restart', async () => {
    const { daemon, withSpec } = await managed();
    const { start, stop } = daemon.spec.commands;
    const outcome = await withSpec({ commands: { start, stop } }).run('restart', REF, limit());
    expect(outcome).toMatchObject({ jobResult: 'done', unit: { activeState: 'active' } });
    expect([daemon.count('starts'), daemon.count('stops')]).toEqual([2, 1]);
  });

  it('can be a signal for its stop', async () => {
    const { daemon, withSpec } = await managed();
    const pid = daemon.pid() ?? 0;
    const outcome = await withSpec({ commands: {}, stopSignal: 'SIGTERM' }).run('stop', REF, limit());
    expect(outcome).toMatchObject({ accepted: true, jobResult: 'done' });
    expect(isAlive(pid)).toBe(false);
  });

  it('send no signal on the word of everybody', async () => {
    const { daemon, withSpec } = await managed();
    chmodSync(join(daemon.folder, 'pid'), 0o666);
    const outcome = await withSpec({ commands: {}, stopSignal: 'SIGTERM' }).run('stop', REF, limit());
    expect(outcome).toMatchObject({ accepted: false, detail: expect.stringContaining('chmod o-w') });
    expect(isAlive(daemon.pid() ?? 0)).toBe(true);
  });

  it.runIf(process.getuid?.() === 0)('send no signal on the word of another user', async () => {
    const { daemon, withSpec } = await managed();
    chownSync(join(daemon.folder, 'pid'), 65_534, 65_534);
    const outcome = await withSpec({ commands: {}, stopSignal: 'SIGTERM' }).run('stop', REF, limit());
    expect(outcome).toMatchObject({
      accepted: false,
      detail: expect.stringContaining('belongs to user 65534'),
    });
    expect(isAlive(daemon.pid() ?? 0)).toBe(true);
  });

  it('are killed at their limit', async () => {
    const { daemon, withSpec } = await managed();
    daemon.misbehave('hangs');
    const outcome = await withSpec({ stopTimeoutMs: 300 }).run('stop', REF, limit());
    expect(outcome).toMatchObject({ accepted: true, jobResult: 'timeout', unit: { activeState: 'active' } });
  });

  it('may say that they are done when nothing has happened', async () => {
    const { withSpec } = await managed();
    const commands = { stop: ['/bin/true'], restart: ['/bin/true'] };
    const manager = withSpec({ commands, stopTimeoutMs: 200, startTimeoutMs: 200 });
    expect(await manager.run('stop', REF, limit())).toMatchObject({ jobResult: 'timeout' });
    expect(await manager.run('restart', REF, limit())).toMatchObject({ jobResult: 'timeout' });
  });

  it.each([
    ['fails', ['/bin/false'], { accepted: true, jobResult: 'failed' }],
    ['is not there', ['/nowhere/start'], { accepted: false, jobResult: '' }],
    ['is ended', ['/bin/sh', '-c', 'kill -9 $$'], { accepted: true, jobResult: 'failed' }],
  ])('tell of a start that %s', async (_what, start, outcome) => {
    const { manager } = await managed({ commands: { start } }, false);
    expect(await manager.run('start', REF, limit())).toMatchObject(outcome);
  });

  it('tell of a daemon that has started and ended before anybody could look', async () => {
    const { daemon, withSpec } = await managed({}, false);
    const start = ['/bin/sh', '-c', `echo 4194303 >${daemon.folder}/pid`];
    expect(await withSpec({ commands: { start } }).run('start', REF, limit())).toMatchObject({
      accepted: true,
      jobResult: 'failed',
      detail: 'runner has started and ended (process 4194303 has ended)',
    });
  });

  it('may leave a pid file as it was, which says nothing of a start', async () => {
    const { daemon, withSpec } = await managed({}, false);
    daemon.write('pid', '4194303');
    const manager = withSpec({ commands: { start: ['/bin/true'] }, startTimeoutMs: 200 });
    expect(await manager.run('start', REF, limit())).toMatchObject({ accepted: true, jobResult: 'timeout' });
  });

  it('are not run as a user that there is not', async () => {
    const { daemon, manager } = await managed({ user: 'no-such-user' }, false);
    expect(await manager.run('start', REF, limit())).toMatchObject({
      accepted: false,
      detail: expect.stringContaining('there is no user "no-such-user"'),
    });
    expect(daemon.count('starts')).toBe(0);
  });

  it.runIf(process.getuid?.() === 0)(
    'run as their user, who is told nothing that is meant for fettle',
    async () => {
      const folder = fakeDaemon('other').folder;
      chmodSync(folder, 0o777);
      const start = ['/bin/sh', '-c', `id -u >${folder}/who; env >${folder}/env`];
      const { manager } = await managed({ user: 'nobody', commands: { start }, startTimeoutMs: 300 }, false);
      process.env['FETTLE_TEST_SECRET'] = 'x';
      await manager.run('start', REF, limit());
      delete process.env['FETTLE_TEST_SECRET'];
      expect(readFileSync(`${folder}/who`, 'utf8').trim()).toBe('65534');
      expect(readFileSync(`${folder}/env`, 'utf8')).toMatch(/^USER=nobody$/m);
      expect(readFileSync(`${folder}/env`, 'utf8')).not.toContain('FETTLE_TEST_SECRET');
    },
  );

  it('get their arguments as they are: no shell sees them', async () => {
    const out = fakeDaemon('other').folder;
    writeFileSync(`${out}/x`, '');
    const start = ['/bin/sh', '-c', `printf %s "$1" >${out}/x`, 'sh', '$(id); `id` "\' *'];
    const { manager } = await managed({ commands: { start }, startTimeoutMs: 300 }, false);
    await manager.run('start', REF, limit());
    expect(readFileSync(`${out}/x`, 'utf8')).toBe('$(id); `id` "\' *');
  });
});
