import { afterAll, beforeAll, expect, it } from 'vitest';
import { CGROUP_FAMILIES } from '../../../src/domain/cgroup.ts';
import type { UnitReading } from '../../../src/domain/reading.ts';
import { connectBus } from '../../../src/host/bus.ts';
import { systemClock, yieldTurn } from '../../../src/host/clock.ts';
import { createKeptFiles } from '../../../src/host/kept-files.ts';
import { createCgroupReader, layoutOf } from '../../../src/sources/cgroup/source.ts';
import { type SystemdSource, startSystemdSource } from '../../../src/sources/systemd/source.ts';
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

describeLab('the source of units, on the real systemd', () => {
  let lab: Lab;
  let source: SystemdSource;
  let crashing: CrashingUnit;

  beforeAll(async () => {
    lab = await startLab();
    crashing = await addCrashingUnit(lab, 'crashing@1.service');
    await crashing.start();
    await lab.writeUnit('witness.service', '[Service]\nExecStart=/bin/sleep infinity\n');
    source = startSystemdSource({
      connect: () => connectBus({ address: lab.busAddress }),
      includes: (name) => !name.endsWith('.device'),
      clock: systemClock,
      log: recordedLog().log,
    });
    await source.settled;
  });
  afterAll(async () => {
    source?.stop();
    await lab?.stop();
  });

  const unit = (name: string) => source.read().units.find((one) => one.name === name);
  const until = (what: string, holds: () => boolean | undefined) =>
    waitFor(what, () => (holds() === true ? true : undefined), { timeoutMs: 20_000 });
  const show = async (name: string, key: string) =>
    (await lab.run(['systemctl', 'show', '--value', '-p', key, name])).stdout.trim();

  it('has every loaded unit that systemctl lists, but those that are filtered out', async () => {
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
      .filter(([name = '', load]) => load === 'loaded' && !name.endsWith('.device'))
      .map(([name]) => name);
    expect(source.read().up).toBe(true);
    expect(
      source
        .read()
        .units.map(({ name }) => name)
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
      service: { type: 'simple', restarts: 0 },
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
    const files = createKeptFiles(1000);
    const read = createCgroupReader({
      root,
      layout: layoutOf(root),
      families: CGROUP_FAMILIES,
      files,
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
