import { chmodSync, chownSync, readFileSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { DaemonSpec } from '../../src/domain/daemon.ts';
import type { ServiceManager } from '../../src/domain/repair.ts';
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

/** Makes a pid file seem older than any process, as setting the clock forward does. */
function setBack(folder: string): void {
  utimesSync(join(folder, 'pid'), 1_680_000_000, 1_680_000_000);
}

describe('a daemon whose clock was set forward', () => {
  it('cannot be told from one that has ended, so nothing is done, and why is told', async () => {
    const { daemon, manager, withSpec } = await managed();
    setBack(daemon.folder);
    const words = expect.stringMatching(
      /is younger than the pid file: .* or the clock was set since; remove/,
    );
    await expect(manager.inspect(REF, limit())).rejects.toMatchObject({ code: 'unreadable', message: words });
    const { start, stop, restart } = daemon.spec.commands;
    const all = [{ start, stop, restart }, { start, stop }, { start }, { restart }];
    for (const one of [...all.map((commands) => withSpec({ commands })), bySignal(withSpec)]) {
      for (const action of ['start', 'stop', 'restart'] as const) {
        expect(await one.run(action, REF, limit())).toMatchObject({ accepted: false, detail: words });
      }
    }
    expect([daemon.count('starts'), daemon.count('stops')]).toEqual([1, 0]);
    expect(isAlive(daemon.pid() ?? 0)).toBe(true);
  });

  it('is known to whoever has seen it before, and restarted as ever', async () => {
    const { daemon, manager } = await managed();
    const before = await manager.inspect(REF, limit());
    setBack(daemon.folder);
    expect(await manager.inspect(REF, limit())).toEqual(before);
    expect(await manager.run('restart', REF, limit())).toMatchObject({ jobResult: 'done' });
    expect([daemon.count('starts'), daemon.count('stops')]).toEqual([2, 1]);
  });
});

describe('a daemon whose pid was given to another process', () => {
  /** The pid file names this very process, which is not called as the daemon is. */
  async function reused() {
    const { daemon, withSpec } = await managed({}, false);
    daemon.write('pid', String(process.pid));
    const named = (more: Partial<DaemonSpec> = {}) => withSpec({ processName: 'daemon.sh', ...more });
    return { daemon, manager: named(), named };
  }

  it('has failed', async () => {
    const { manager } = await reused();
    expect(await manager.inspect(REF, limit())).toMatchObject({
      activeState: 'failed',
      subState: expect.stringMatching(/^process \d+ is another one: it is ".+" and not "daemon.sh"$/),
    });
  });

  it('is not stopped, by no command and no signal', async () => {
    const { daemon, manager, named } = await reused();
    for (const one of [manager, bySignal(named)]) {
      expect(await one.run('stop', REF, limit())).toMatchObject({ accepted: true, jobResult: 'done' });
    }
    expect(daemon.count('stops')).toBe(0);
  });

  it('is restarted by its start command, never by the one that would end that process', async () => {
    const { daemon, named } = await reused();
    const { start, restart } = daemon.spec.commands;
    expect(await named({ commands: { restart } }).run('restart', REF, limit())).toMatchObject({
      accepted: false,
    });
    const clears = ['/bin/sh', '-c', `rm ${daemon.folder}/pid; exec "$@"`, 'sh', ...(start ?? [])];
    const outcome = await named({ commands: { start: clears, restart } }).run('restart', REF, limit());
    expect(outcome).toMatchObject({ jobResult: 'done', unit: { activeState: 'active' } });
    expect([daemon.count('starts'), daemon.count('stops')]).toEqual([1, 0]);
  });
});

/** A manager of the daemon that has nothing but a signal. */
function bySignal(withSpec: (more: Partial<DaemonSpec>) => ServiceManager): ServiceManager {
  return withSpec({ commands: {}, stopSignal: 'SIGTERM' });
}

describe('a restart that has asked a daemon to end', () => {
  /** A daemon that is stopped by such a script, which is given its pid; a restart waits for so long afterwards. */
  async function stoppedBy(script: string, changes: Partial<DaemonSpec> = {}, graceMs = 10_000) {
    const { daemon } = await managed();
    const stop = [
      '/bin/sh',
      '-c',
      `echo stop >>${daemon.folder}/stops; ${script}`,
      'sh',
      String(daemon.pid()),
    ];
    const commands = { start: daemon.command('start'), stop };
    const spec = { ...daemon.spec, commands, ...changes };
    return {
      daemon,
      manager: createPidfileManager({ daemons: [spec], procfs: '/proc', clock: systemClock, graceMs }),
    };
  }

  const restarted = { accepted: true, jobResult: 'done', unit: { activeState: 'active' } };

  it.each([
    ['says that it has failed', 'kill $1; exit 1'],
    ['says so, and the process takes its time', '(sleep 0.5; kill $1) & exit 1'],
    ['is ended itself', 'kill $1; kill -9 $$'],
  ])('starts it although its stop command %s', async (_what, script) => {
    const { daemon, manager } = await stoppedBy(script);
    expect(await manager.run('restart', REF, limit())).toMatchObject(restarted);
    expect([daemon.count('starts'), daemon.count('stops')]).toEqual([2, 1]);
  });

  it('starts it although it has ended a little later than it may', async () => {
    const { daemon, manager } = await stoppedBy('(sleep 1; kill $1) &', { stopTimeoutMs: 200 });
    expect(await manager.run('restart', REF, limit())).toMatchObject(restarted);
    expect(daemon.count('starts')).toBe(2);
  });

  it('starts it although the caller has called it off meanwhile, and tells that only then', async () => {
    const { daemon, manager } = await stoppedBy('sleep 0.5; kill $1');
    const calling = new AbortController();
    const restart = manager.run('restart', REF, calling.signal);
    restart.catch(() => undefined);
    await expect.poll(() => daemon.count('stops')).toBe(1);
    const reason = new Error('called off');
    calling.abort(reason);
    await expect(restart).rejects.toBe(reason);
    expect(daemon.count('starts')).toBe(2);
    expect(await manager.inspect(REF, limit())).toMatchObject({ activeState: 'active' });
  });

  it('is given up once the process has been waited for long enough, and starts nothing beside it', async () => {
    const { daemon, manager } = await stoppedBy('exit 1', {}, 300);
    expect(await manager.run('restart', REF, limit())).toMatchObject({
      accepted: true,
      jobResult: 'failed',
      detail: expect.stringMatching(/exit code 1; .*; if it ends later, nobody starts it again$/),
      unit: { activeState: 'active' },
    });
    expect(daemon.count('starts')).toBe(1);
  });

  it('is given up some time after it was called off', async () => {
    const { daemon, manager } = await stoppedBy('sleep 600', {}, 300);
    const calling = new AbortController();
    const restart = manager.run('restart', REF, calling.signal);
    restart.catch(() => undefined);
    await expect.poll(() => daemon.count('stops')).toBe(1);
    calling.abort(new Error('called off'));
    await expect(restart).rejects.toThrow('called off');
    expect([daemon.count('starts'), isAlive(daemon.pid() ?? 0)]).toEqual([1, true]);
  });

  it('does nothing at all if it was called off before', async () => {
    const { daemon, manager } = await stoppedBy('kill $1');
    await expect(manager.run('restart', REF, AbortSignal.abort(new Error('called off')))).rejects.toThrow();
    expect([daemon.count('starts'), daemon.count('stops')]).toEqual([1, 0]);
  });

  it('starts it although its restart command has ended it and failed', async () => {
    const { daemon, manager } = await stoppedBy('exit 9');
    const { start } = daemon.spec.commands;
    const restart = ['/bin/sh', '-c', `kill ${daemon.pid()}; exit 1`];
    const own = createPidfileManager({
      daemons: [{ ...daemon.spec, commands: { start, restart } }],
      procfs: '/proc',
      clock: systemClock,
    });
    expect(await own.run('restart', REF, limit())).toMatchObject(restarted);
    expect(await manager.inspect(REF, limit())).toMatchObject({ activeState: 'active' });
    expect(daemon.count('starts')).toBe(2);
  });

  it('starts no second one beside what its restart command has started before it failed', async () => {
    const { daemon } = await stoppedBy('exit 9');
    const { start, restart } = daemon.spec.commands;
    const fails = ['/bin/sh', '-c', '"$@"; sleep 0.5; exit 1', 'sh', ...(restart ?? [])];
    const spec = { ...daemon.spec, commands: { start, restart: fails } };
    const own = createPidfileManager({ daemons: [spec], procfs: '/proc', clock: systemClock });
    expect(await own.run('restart', REF, limit())).toMatchObject({ accepted: true, jobResult: 'failed' });
    expect(daemon.count('starts')).toBe(2);
  });
});

it('tells that a daemon has ended although its stop command says that it has failed', async () => {
  const { daemon, withSpec } = await managed();
  const stop = ['/bin/sh', '-c', '"$@"; exit 1', 'sh', ...daemon.command('stop')];
  expect(await withSpec({ commands: { stop } }).run('stop', REF, limit())).toMatchObject({
    jobResult: 'done',
    detail: expect.stringMatching(/has ended, although .* exit code 1/),
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

  it.runIf(process.getuid?.() === 0)('send no signal on the word of a group of others', async () => {
    const { daemon, withSpec } = await managed();
    const path = join(daemon.folder, 'pid');
    const stop = () => withSpec({ commands: {}, stopSignal: 'SIGTERM' }).run('stop', REF, limit());
    chmodSync(path, 0o664);
    chownSync(path, 0, 65_534);
    expect(await stop()).toMatchObject({
      accepted: false,
      detail: expect.stringContaining('group 65534 may write'),
    });
    expect(isAlive(daemon.pid() ?? 0)).toBe(true);
    chownSync(path, 0, 0);
    expect(await stop()).toMatchObject({ accepted: true, jobResult: 'done' });
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
      const { manager } = await managed({ user: 'nobody', commands: { start }, startTimeoutMs: 3000 }, false);
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
    const { manager } = await managed({ commands: { start }, startTimeoutMs: 3000 }, false);
    await manager.run('start', REF, limit());
    expect(readFileSync(`${out}/x`, 'utf8')).toBe('$(id); `id` "\' *');
  });
});
