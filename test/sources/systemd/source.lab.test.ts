import { afterAll, beforeAll, expect, it } from 'vitest';
import { CGROUP_FAMILIES } from '../../../src/domain/cgroup.ts';
import type { Clock } from '../../../src/domain/clock.ts';
import type { UnitReading } from '../../../src/domain/reading.ts';
import { connectBus } from '../../../src/host/bus.ts';
import { bootSeconds, systemClock, yieldTurn } from '../../../src/host/clock.ts';
import { KeptFiles } from '../../../src/host/files/kept-files.ts';
import { createCgroupReader, layoutOf } from '../../../src/sources/cgroup/source.ts';
import {
  type SystemdSource,
  type SystemdSourceOptions,
  startSystemdSource,
} from '../../../src/sources/systemd/source.ts';
import { recordedLog } from '../../fakes/recorded-log.ts';
import { addCrashingUnit, type CrashingUnit } from '../../lab/crashing-unit.ts';
import { describeLab } from '../../lab/describe-lab.ts';
import { type Lab, startLab } from '../../lab/lab.ts';
import { waitFor } from '../../lab/wait.ts';

const GET_UNIT = [
  'org.freedesktop.systemd1',
  '/org/freedesktop/systemd1',
  'org.freedesktop.systemd1.Manager',
  'GetUnit',
  's',
];

/** Minutes pass in seconds. */
const hasty: Clock = { ...systemClock, sleep: (ms, signal) => systemClock.sleep(ms / 50, signal) };

describeLab('the source of units, on the real systemd', () => {
  let lab: Lab;
  let source: SystemdSource;
  let crashing: CrashingUnit;

  beforeAll(async () => {
    lab = await startLab();
    crashing = await addCrashingUnit(lab, 'crashing@1.service');
    await crashing.start();
    await lab.writeUnit('witness.service', '[Service]\nExecStart=/bin/sleep infinity\n');
    source = startSystemdSource(options());
    await source.settled;
  });
  afterAll(async () => {
    source?.stop();
    await lab?.stop();
  });

  const options = (): SystemdSourceOptions => ({
    connect: () => connectBus({ address: lab.busAddress }),
    includes: (name) => !name.endsWith('.device'),
    clock: systemClock,
    bootSeconds,
    log: recordedLog().log,
  });
  const unit = (name: string) => source.read().units.find((one) => one.name === name);
  const until = (what: string, holds: () => boolean | undefined) =>
    waitFor(what, () => (holds() === true ? true : undefined), { timeoutMs: 20_000 });
  const show = async (name: string, key: string) =>
    (await lab.run(['systemctl', 'show', '--value', '-p', key, name])).stdout.trim();

  it('has every unit that systemctl lists, with its load state, but those that are filtered out', async () => {
    const { stdout } = await lab.run([
      'systemctl',
      'list-units',
      '--all',
      '--plain',
      '--no-legend',
      '--full',
    ]);
    const listed = stdout
      .trim()
      .split('\n')
      .map((line) => line.trim().split(/\s+/))
      .filter(([name = '']) => !name.endsWith('.device'))
      .map(([name, load]) => `${name} ${load}`);
    expect(source.read().up).toBe(true);
    expect(
      source
        .read()
        .units.map(({ name, loadState }) => `${name} ${loadState}`)
        .sort(),
    ).toEqual(listed.sort());
  });

  it('tells a service as systemctl does', async () => {
    const reading = unit(crashing.name);
    expect(reading).toMatchObject({
      type: 'service',
      activeState: 'active',
      subState: 'running',
      controlGroup: await show(crashing.name, 'ControlGroup'),
      service: {
        type: 'simple',
        restarts: 0,
        exitStatus: undefined,
        exitSignal: undefined,
      },
      result: 'success',
      activeExitSeconds: 0,
    } satisfies Partial<UnitReading>);
    const entered = await lab.run(['date', '+%s', '-d', await show(crashing.name, 'ActiveEnterTimestamp')]);
    expect(Math.floor(reading?.activeEnterSeconds ?? 0)).toBe(Number(entered.stdout));
  });

  it('sees restarts and a failure without being asked to look', async () => {
    await lab.run(['systemctl', 'kill', '--signal=KILL', crashing.name]);
    await until('the restart is counted', () => unit(crashing.name)?.service?.restarts === 1);
    await crashing.crash();
    await until('the failure is seen', () => unit(crashing.name)?.activeState === 'failed');
    expect(String(unit(crashing.name)?.service?.restarts)).toBe(await show(crashing.name, 'NRestarts'));
    expect(unit(crashing.name)?.controlGroup).toBeUndefined();
  });

  it('counts crashes and starts that nobody looked at in between', async () => {
    const before = unit(crashing.name)?.events;
    // A start by hand, then as many kills as systemd restarts after; each start is an invocation of its own.
    await lab.run(['systemctl', 'reset-failed', crashing.name]);
    const starts = crashing.invocations().length;
    await crashing.start();
    await crashing.crash();
    const runs = crashing.invocations().length - starts;
    await until('the failure is seen', () => unit(crashing.name)?.activeState === 'failed');
    const after = unit(crashing.name)?.events;
    expect((after?.activations ?? 0) - (before?.activations ?? 0)).toBe(runs);
    expect((after?.failures.signal ?? 0) - (before?.failures.signal ?? 0)).toBe(runs);
    expect(after?.lastFailureSeconds).toBeGreaterThan(Date.now() / 1000 - 60);
    await until('its end is read', () => unit(crashing.name)?.service?.exitSignal === 9);
    expect(unit(crashing.name)?.result).toBe('signal');
  });

  it('counts a unit that came and failed before anybody could look, by how it failed', async () => {
    await lab.writeUnit('oneshot.service', '[Service]\nType=oneshot\nExecStart=/bin/sh -c "exit 3"\n');
    await lab.run(['systemctl', 'start', 'oneshot.service'], { check: false });
    await until('it is counted', () => unit('oneshot.service')?.events?.failures['exit-code'] === 1);
    await until('it is read', () => unit('oneshot.service')?.service?.exitStatus === 3);
    expect(unit('oneshot.service')?.result).toBe('exit-code');
  });

  it('tells timers and sockets as systemctl does', async () => {
    const unix = async (name: string, key: string) =>
      Number((await lab.run(['date', '+%s', '-d', await show(name, key)])).stdout);
    await lab.writeUnit('soon.timer', '[Timer]\nOnCalendar=daily\nUnit=witness.service\n');
    await lab.run(['systemctl', 'start', 'soon.timer']);
    await until('the timer is planned', () => unit('soon.timer')?.timer?.nextElapseSeconds !== undefined);
    const { nextElapseSeconds = 0 } = unit('soon.timer')?.timer ?? {};
    expect(Math.floor(nextElapseSeconds)).toBe(await unix('soon.timer', 'NextElapseUSecRealtime'));
    await lab.writeUnit('later.timer', '[Timer]\nOnActiveSec=1h\nUnit=witness.service\n');
    await lab.run(['systemctl', 'start', 'later.timer']);
    await until(
      'the other timer is planned',
      () => unit('later.timer')?.timer?.nextElapseSeconds !== undefined,
    );
    const inAnHour = (unit('later.timer')?.timer?.nextElapseSeconds ?? 0) - Date.now() / 1000;
    expect(inAnHour).toBeGreaterThan(3500);
    expect(inAnHour).toBeLessThan(3700);
    expect(unit('dbus.socket')?.socket).toEqual({ accepted: 0, connections: 0, refused: 0 });
  });

  it('tells in its rounds whether a unit is enabled, and whether its file has changed', async () => {
    const rounds = startSystemdSource({ ...options(), clock: hasty });
    const file = () => rounds.read().units.find(({ name }) => name === 'soon.timer')?.file;
    await until('it has been read', () => file()?.state === 'static' && file()?.needsReload === false);
    await lab.run(['sh', '-c', 'sleep 0.01; echo "# changed" >>/etc/systemd/system/soon.timer']);
    await lab.run(['touch', '-d', '+1 hour', '/etc/systemd/system/soon.timer']);
    await until('the change is noticed', () => file()?.needsReload === true);
    await lab.run(['systemctl', 'daemon-reload']);
    await until('the reload is noticed', () => file()?.needsReload === false);
    rounds.stop();
  });

  it('tells systemd itself as systemctl does', async () => {
    const { manager } = source.read();
    expect((await lab.run(['systemctl', '--version'])).stdout).toContain(`(${manager?.version})`);
    const state = (await lab.run(['systemctl', 'is-system-running'], { check: false })).stdout.trim();
    await until('the state is the same', () => source.read().manager?.systemState === state);
  });

  it('notices in its rounds that a restart count was zeroed without a signal', async () => {
    const rounds = startSystemdSource({ ...options(), clock: hasty });
    await rounds.settled;
    const restarts = () =>
      rounds.read().units.find(({ name }) => name === 'counted.service')?.service?.restarts;
    const service = '[Service]\nExecStart=/bin/sleep infinity\nRestart=always\nRestartSec=10ms\n';
    await lab.writeUnit('counted.service', service);
    await lab.run(['systemctl', 'start', 'counted.service']);
    await lab.run(['systemctl', 'kill', '--signal=KILL', 'counted.service']);
    await until('the restart is counted', () => restarts() === 1);
    await lab.run(['systemctl', 'reset-failed', 'counted.service']);
    expect(await show('counted.service', 'NRestarts')).toBe('0');
    await until('it is noticed', () => restarts() === 0);
    rounds.stop();
  });

  it('sees units come and go', async () => {
    await lab.run(['systemd-run', '--unit=brief.service', '/bin/sleep', 'infinity']);
    await until('it has come', () => unit('brief.service')?.activeState === 'active');
    await lab.run(['systemctl', 'stop', 'brief.service']);
    await until('it has gone', () => unit('brief.service') === undefined);
  });

  it('drops no unit over a daemon-reload, and sees what it has changed', async () => {
    const before = source.read().units.length;
    const seen: number[] = [];
    const watch = setInterval(() => seen.push(source.read().units.length), 1);
    await lab.writeUnit('added.service', '[Service]\nExecStart=/bin/sleep infinity\n');
    await lab.run(['systemctl', 'start', 'added.service']);
    await until('the new unit is there', () => unit('added.service')?.activeState === 'active');
    clearInterval(watch);
    expect(Math.min(...seen)).toBeGreaterThanOrEqual(before);
  });

  it('follows systemd through a daemon-reexec', async () => {
    await lab.run(['systemctl', 'daemon-reexec']);
    await lab.run(['systemctl', 'stop', 'added.service']);
    await until('the stop is seen', () => unit('added.service')?.activeState !== 'active');
    expect(source.read().up).toBe(true);
  });

  it('reads memory and CPU of a unit from its cgroup', async () => {
    await lab.run(['systemctl', 'reset-failed', crashing.name]);
    await crashing.start();
    await until('it runs', () => unit(crashing.name)?.activeState === 'active');
    const root = `${lab.root}/sys/fs/cgroup`;
    const files = new KeptFiles(1000);
    const read = createCgroupReader({
      root,
      layout: layoutOf(root),
      families: CGROUP_FAMILIES,
      files,
      elapsedMs: systemClock.elapsedMs,
      yieldTurn,
    });
    const reading = (await read(source.read().units)).find((one) => one.unit === crashing.name);
    files.close();
    expect(reading?.values['memory.current']).toBeGreaterThan(0);
    expect(reading?.values['memory.peak']).toBeGreaterThanOrEqual(reading?.values['memory.current'] ?? 0);
    expect((reading?.values['cpu.user'] ?? 0) + (reading?.values['cpu.system'] ?? 0)).toBeGreaterThan(0);
    expect(String(reading?.values['pids.current'])).toBe(await show(crashing.name, 'TasksCurrent'));
    expect(reading?.values['memory.max']).toBeUndefined();
  });

  it('believes nobody but systemd, though anybody may send it signals', async () => {
    const path = (await lab.run(['busctl', '--json=short', 'call', ...GET_UNIT, crashing.name])).stdout;
    const object = /"data":\["([^"]+)"\]/.exec(path)?.[1] ?? '';
    expect(object).toContain('/org/freedesktop/systemd1/unit/');
    // The names of connections are counted up, so one of these is ours.
    const forge = `for n in $(seq 0 200); do dbus-send --system --type=signal --dest=:1.$n \
      /org/freedesktop/systemd1 org.freedesktop.systemd1.Manager.UnitRemoved string:x objpath:${object}; done`;
    await lab.run(['setpriv', '--reuid=65534', '--regid=65534', '--clear-groups', 'sh', '-c', forge]);
    await lab.run(['systemctl', 'start', 'witness.service']);
    await until('a signal that came later is seen', () => unit('witness.service')?.activeState === 'active');
    expect(unit(crashing.name)).toBeDefined();
  });

  it('says that systemd is away while the bus is dead, and is whole again afterwards', async () => {
    await lab.run(['systemctl', 'stop', 'dbus.socket', 'dbus.service']);
    await until('it is away', () => !source.read().up);
    expect(source.read().units.length).toBeGreaterThan(0);
    // Without its bus, systemctl needs systemd's private socket, which it takes as root.
    await lab.run(['systemctl', 'start', 'dbus.socket', 'dbus.service']);
    await until('it is back', () => source.read().up);
    await lab.run(['systemctl', 'stop', crashing.name]);
    await until('signals come again', () => unit(crashing.name)?.activeState !== 'active');
  });
});
