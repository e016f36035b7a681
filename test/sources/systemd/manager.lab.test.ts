import { mkdirSync, writeFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { BootStageReading } from '../../../src/domain/manager.ts';
import { type Bus, connectBus } from '../../../src/host/bus.ts';
import { readManager } from '../../../src/sources/systemd/manager.ts';
import { describeLab } from '../../lab/describe-lab.ts';
import { type Lab, startLab } from '../../lab/lab.ts';
import { waitFor } from '../../lab/wait.ts';

describeLab('reading the manager of the real systemd', () => {
  let lab: Lab;
  let bus: Bus;

  beforeAll(async () => {
    lab = await startLab();
    bus = await connectBus({ address: lab.busAddress });
  });
  afterAll(async () => {
    bus?.close();
    await lab?.stop();
  });

  /** All properties of the manager, as busctl reads them: `Finish...` to `t 1762251808750000`. */
  async function properties(): Promise<ReadonlyMap<string, string>> {
    const { stdout } = await lab.run([
      'busctl',
      '--no-pager',
      'introspect',
      'org.freedesktop.systemd1',
      '/org/freedesktop/systemd1',
      'org.freedesktop.systemd1.Manager',
    ]);
    const rows = stdout
      .split('\n')
      .map((line) => /^\.(\S+)\s+property\s+\S+\s+(.*?)\s+\S*$/.exec(line.trimEnd()));
    return new Map(rows.flatMap((row) => (row === null ? [] : [[row[1] ?? '', row[2] ?? '']])));
  }

  const microseconds = (seconds: number | undefined) =>
    seconds === undefined ? 'nothing' : Math.round(seconds * 1e6);

  it('tells version, state and jobs as systemctl does', async () => {
    const { version, systemState, jobs } = await readManager(bus);
    expect((await lab.run(['systemctl', '--version'])).stdout).toContain(`(${version})`);
    const running = await lab.run(['systemctl', 'is-system-running'], { check: false });
    expect(systemState).toBe(running.stdout.trim());
    expect(jobs).toBe(0);
  });

  it('counts a job that waits', async () => {
    const slow = '[Service]\nType=oneshot\nExecStart=/bin/sleep infinity\n';
    await lab.writeUnit('slow.service', slow);
    await lab.run(['systemctl', 'start', '--no-block', 'slow.service']);
    expect((await readManager(bus)).jobs).toBe(1);
    await lab.run(['systemctl', 'stop', 'slow.service']);
    expect((await readManager(bus)).jobs).toBe(0);
  });

  it('dates the stages of the boot to the microsecond, and no stage that never was', async () => {
    const told = await properties();
    const { bootStages } = await readManager(bus);
    for (const { stage, monotonicSeconds, timeSeconds } of bootStages) {
      expect(`${microseconds(monotonicSeconds)}`).toBe(told.get(`${stage}TimestampMonotonic`));
      expect(`${microseconds(timeSeconds)}`).toBe(told.get(`${stage}Timestamp`));
    }
    const names = bootStages.map(({ stage }) => stage);
    expect(names).toEqual(expect.arrayContaining(['Userspace', 'UnitsLoadFinish', 'Finish']));
    // The lab boots without firmware and initrd.
    expect(names.filter((name) => /Firmware|Loader|InitRD/.test(name))).toEqual([]);
    const finished = bootStages.find(({ stage }: BootStageReading) => stage === 'Finish')?.timeSeconds;
    expect(finished).toBeLessThan(Date.now() / 1000);
    expect(finished).toBeGreaterThan(Date.now() / 1000 - 600);
  });

  it('has every stage that this systemd dates, and takes for a stage only what it dates once', async () => {
    const told = await properties();
    const dated = [...told.keys()].flatMap((name) => /^(.+)TimestampMonotonic$/.exec(name)?.[1] ?? []);
    const happened = dated.filter((stage) => told.get(`${stage}Timestamp`) !== '0').sort();
    const { bootStages } = await readManager(bus);
    expect(bootStages.map(({ stage }) => stage).sort()).toEqual(
      happened.filter((stage) => stage !== 'UnitsLoad' && stage !== 'WatchdogLastPing'),
    );
  });

  it('has no watchdog where there is none, and one that was never pinged where the device does not open', async () => {
    expect((await readManager(bus)).watchdog).toEqual({
      device: '',
      lastPingMonotonicSeconds: undefined,
      lastPingSeconds: undefined,
      runtimeSeconds: 0,
    });
    const folder = `${lab.root}/etc/systemd/system.conf.d`;
    mkdirSync(folder, { recursive: true });
    writeFileSync(
      `${folder}/watchdog.conf`,
      '[Manager]\nWatchdogDevice=/dev/watchdog-of-the-lab\nRuntimeWatchdogSec=30s\n',
    );
    await lab.run(['systemctl', 'daemon-reexec']);
    const watchdog = await waitFor('the watchdog is configured', async () => {
      const reading = (await readManager(bus)).watchdog;
      return reading?.runtimeSeconds === 30 ? reading : undefined;
    });
    expect(watchdog).toEqual({
      device: '/dev/watchdog-of-the-lab',
      lastPingMonotonicSeconds: undefined,
      lastPingSeconds: undefined,
      runtimeSeconds: 30,
    });
  });
});
