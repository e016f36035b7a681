import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { describeVm } from '../../lab/describe-lab.ts';
import { startVm, type Vm } from '../../lab/vm.ts';
import { EXPORTER_PORT, type Sight, startVmExporter, type VmExporter } from '../../lab/vm-exporter.ts';
import { waitFor } from '../../lab/wait.ts';
import { differences, filesOf } from './promised-files.ts';

/** How far a rate may be off what was imposed. */
const TOLERANCE = 0.05;
/** A fifth of one processor. */
const CPU_SHARE = 0.2;
const READ_BYTES_PER_SECOND = 4_000_000;
const WRITTEN_BYTES_PER_SECOND = 2_000_000;
/** What one read or write of the throttled units moves. */
const BLOCK_BYTES = 65_536;
const MEMORY_MAX_BYTES = 32 * 2 ** 20;
const TASKS_MAX = 4;
const PINGS = 5;
/** 8 bytes of ICMP and 20 of IP come on top. */
const PING_BYTES = 972;

/** Needs four times the memory that its unit may have. */
const DEVOUR = 'dd if=/dev/zero of=/dev/null bs=128M count=1';

/** By the names of their units. */
const SERVICES = {
  busy: `ExecStart=/usr/bin/sh -c 'while :; do :; done'
CPUQuota=${CPU_SHARE * 100}%`,
  reading: `ExecStart=${twice(`dd if=/dev/vda of=/dev/null bs=${BLOCK_BYTES} iflag=direct`)}
IOReadBandwidthMax=/dev/vda ${READ_BYTES_PER_SECOND}`,
  writing: `ExecStart=${twice(`dd if=/dev/zero of=/dev/vda bs=${BLOCK_BYTES} count=1000 oflag=direct`)}
IOWriteBandwidthMax=/dev/vda ${WRITTEN_BYTES_PER_SECOND}`,
  hog: `Type=oneshot
ExecStart=/usr/bin/${DEVOUR}
MemoryMax=${MEMORY_MAX_BYTES}`,
  survivor: `ExecStart=/usr/bin/sh -c '${DEVOUR}; exec sleep infinity'
MemoryMax=${MEMORY_MAX_BYTES}
OOMPolicy=continue`,
  // Each inner shell dies of the first fork that is refused to it. Two of its children stay, and this shell.
  forking: `ExecStart=/usr/bin/sh -c 'for i in 1 2 3; do sh -c "sleep 1d & sleep 1d & sleep 1d & :"; done; exec sleep infinity'
TasksMax=${TASKS_MAX}`,
  pinging: `Type=oneshot
RemainAfterExit=yes
ExecStart=/usr/bin/ping -c ${PINGS} -i 0.1 -s ${PING_BYTES} 10.0.2.2
IPAccounting=yes`,
} as const;

type Service = keyof typeof SERVICES;

/** Those that go on, and so have a cgroup to look at. */
const LASTING = ['busy', 'reading', 'writing', 'survivor', 'forking'] as const;

const PATHS = LASTING.flatMap((name) => filesOf(unitOf(name)));

/** Only what is measured, so that it is soon told. */
const ONLY_CGROUPS = '?collect[]=cgroup';

describeVm('what the exporter tells of a machine with cgroup v2', () => {
  let vm: Vm;
  let exporter: VmExporter;

  beforeAll(async () => {
    vm = await startVm({ ports: [EXPORTER_PORT] });
    for (const [name, text] of Object.entries(SERVICES)) {
      await vm.writeUnit(`${name}.service`, `[Service]\n${text}\n`);
    }
    await vm.run(['systemctl', 'daemon-reload']);
    exporter = await startVmExporter(vm, { section: '  cgroup: { pressure: true, io: true }\n' });
    await vm.run(['systemctl', 'start', ...LASTING.map(unitOf)]);
  }, 300_000);
  afterAll(() => vm?.stop());

  it('counts every run that was killed for want of memory', async () => {
    for (let run = 0; run < 2; run += 1) {
      const { code } = await vm.run(['systemctl', 'start', unitOf('hog')], { check: false });
      expect(code).toBe(1);
    }
    // Signals count; the state is looked at a moment later.
    const sight = await exporter.until('both kills are counted, and the unit has been looked at', (now) =>
      valueIn(now, 'systemd_unit_oom_kills_total', 'hog') === 2 &&
      valueIn(now, 'systemd_service_last_result_info', 'hog', { result: 'oom-kill' }) === 1
        ? now
        : undefined,
    );
    expect(valueIn(sight, 'systemd_unit_failures_total', 'hog', { result: 'oom-kill' })).toBe(2);
    expect(totalIn(sight, 'systemd_unit_failures_total', 'hog')).toBe(2);
    expect(valueIn(sight, 'systemd_unit_state', 'hog', { state: 'failed' })).toBe(1);
  });

  it('tells the limit, and the kill, of a unit that outlives it', async () => {
    const sight = await exporter.until('a process has been killed', (now) =>
      (valueIn(now, 'systemd_unit_memory_events_oom_kill_total', 'survivor') ?? 0) > 0 ? now : undefined,
    );
    expect(valueIn(sight, 'systemd_unit_memory_max_bytes', 'survivor')).toBe(MEMORY_MAX_BYTES);
    expect(valueIn(sight, 'systemd_unit_memory_events_oom_kill_total', 'survivor')).toBe(1);
    // The kernel may come to the limit more than once before it kills: what it counted is told below, as in its file.
    expect(valueIn(sight, 'systemd_unit_memory_events_oom_total', 'survivor')).toBeGreaterThan(0);
    expect(valueIn(sight, 'systemd_unit_memory_events_max_total', 'survivor')).toBeGreaterThan(0);
    const peak = valueIn(sight, 'systemd_unit_memory_peak_bytes', 'survivor') ?? 0;
    expect(peak / MEMORY_MAX_BYTES).toBeGreaterThan(0.95);
    expect(peak).toBeLessThanOrEqual(MEMORY_MAX_BYTES);
    expect(valueIn(sight, 'systemd_unit_state', 'survivor', { state: 'active' })).toBe(1);
  });

  it('counts the forks that a unit was refused', async () => {
    const sight = await exporter.until('three forks are refused', (now) =>
      valueIn(now, 'systemd_unit_tasks_rejected_total', 'forking') === 3 ? now : undefined,
    );
    expect(valueIn(sight, 'systemd_unit_tasks_max', 'forking')).toBe(TASKS_MAX);
    expect(valueIn(sight, 'systemd_unit_tasks_current', 'forking')).toBe(TASKS_MAX - 1);
  });

  it('counts the bytes and packets of a service as they were sent, and as systemctl has them', async () => {
    await vm.run(['systemctl', 'start', unitOf('pinging')]);
    for (const direction of ['ingress', 'egress'] as const) {
      const sight = await exporter.until(`${direction} is told`, (now) =>
        valueIn(now, `systemd_service_ip_${direction}_packets_total`, 'pinging') === undefined
          ? undefined
          : now,
      );
      const bytes = valueIn(sight, `systemd_service_ip_${direction}_bytes_total`, 'pinging');
      const packets = valueIn(sight, `systemd_service_ip_${direction}_packets_total`, 'pinging');
      expect(packets).toBe(PINGS);
      expect(bytes).toBe(PINGS * (PING_BYTES + 28));
      const property = direction === 'ingress' ? 'IPIngress' : 'IPEgress';
      expect(String(bytes)).toBe(await show('pinging', `${property}Bytes`));
      expect(String(packets)).toBe(await show('pinging', `${property}Packets`));
    }
  });

  it('tells every value as the files of the cgroups have it', async () => {
    const sight = await exporter.look(PATHS, ONLY_CGROUPS);
    expect(Object.keys(sight.before.files)).toEqual(PATHS);
    expect(LASTING.flatMap((name) => differences(sight, unitOf(name))).join('\n')).toBe('');
  });

  describe('over fifteen seconds', () => {
    let first: Sight;
    let last: Sight;

    beforeAll(async () => {
      first = await exactly('a first look', () => true);
      last = await exactly('fifteen seconds have passed', (sight) => sight.at - first.at >= 15);
    }, 120_000);

    /** The VM's clock at the moment of the scrape is known to one percent of the whole. */
    const exactly = (what: string, fits: (sight: Sight) => boolean) =>
      waitFor(
        what,
        async () => {
          const sight = await exporter.look([], ONLY_CGROUPS);
          return sight.doubt < 15 * 0.01 && fits(sight) ? sight : undefined;
        },
        { timeoutMs: 60_000, everyMs: 1_000 },
      );
    const perSecond = (metric: string, name: Service) =>
      (totalIn(last, metric, name) - totalIn(first, metric, name)) / (last.at - first.at);

    it('gives a unit the CPU time that its quota leaves it, in a period each tenth of a second', () => {
      expect(offBy(perSecond('systemd_unit_cpu_seconds_total', 'busy'), CPU_SHARE)).toBeLessThan(TOLERANCE);
      expect(offBy(perSecond('systemd_unit_cpu_periods_total', 'busy'), 10)).toBeLessThan(TOLERANCE);
    });

    it('tells that the quota stopped it in every period, and for most of the time', () => {
      const periods = perSecond('systemd_unit_cpu_throttled_periods_total', 'busy');
      expect(offBy(periods, 10)).toBeLessThan(TOLERANCE);
      const stopped = perSecond('systemd_unit_cpu_throttled_seconds_total', 'busy');
      expect(stopped).toBeGreaterThan(0.5);
      expect(stopped).toBeLessThan(1);
    });

    it.each([
      ['read', 'reads', 'reading', READ_BYTES_PER_SECOND],
      ['written', 'writes', 'writing', WRITTEN_BYTES_PER_SECOND],
    ] as const)(
      'gives a unit the bytes %s that its limit leaves it, and the %s',
      (done, operations, name, limit) => {
        const bytes = perSecond(`systemd_unit_io_${done}_bytes_total`, name);
        expect(offBy(bytes, limit)).toBeLessThan(TOLERANCE);
        const times = perSecond(`systemd_unit_io_${operations}_total`, name);
        expect(offBy(times, limit / BLOCK_BYTES)).toBeLessThan(TOLERANCE);
        const others = ['read', 'written'].filter((other) => other !== done);
        for (const other of others) expect(perSecond(`systemd_unit_io_${other}_bytes_total`, name)).toBe(0);
      },
    );

    it('tells what each of them has waited for', () => {
      for (const [resource, name] of [
        ['cpu', 'busy'],
        ['io', 'reading'],
        ['io', 'writing'],
      ] as const) {
        const waited = perSecond(`systemd_unit_pressure_${resource}_waiting_seconds_total`, name);
        expect(waited, `${name} waits for ${resource}`).toBeGreaterThan(0);
      }
      expect(perSecond('systemd_unit_pressure_io_waiting_seconds_total', 'busy')).toBe(0);
    });
  });

  const show = async (name: Service, property: string) =>
    (await vm.run(['systemctl', 'show', '--value', '-p', property, unitOf(name)])).stdout.trim();
});

/** Two at it, so that one waits for its turn while the other is on its way. */
function twice(command: string): string {
  return `/usr/bin/sh -c 'go() { while :; do ${command}; done; }; go & go'`;
}

function unitOf(name: Service): string {
  return `${name}.service`;
}

/** The one value; undefined where it is not told. */
function valueIn(
  sight: Sight,
  metric: string,
  name: Service,
  labels: Readonly<Record<string, string>> = {},
): number | undefined {
  const found = sight.values(metric, { name: unitOf(name), ...labels });
  expect(found.length, `series of ${metric} of ${name}`).toBeLessThanOrEqual(1);
  return found[0];
}

/** Over all other labels, such as the modes of CPU time. */
function totalIn(sight: Sight, metric: string, name: Service): number {
  const found = sight.values(metric, { name: unitOf(name) });
  if (found.length === 0) throw new Error(`there is no ${metric} of ${name}`);
  return found.reduce((sum, value) => sum + value, 0);
}

/** How far a value is off what was imposed, as a share of that. */
function offBy(value: number, imposed: number): number {
  return Math.abs(value / imposed - 1);
}
