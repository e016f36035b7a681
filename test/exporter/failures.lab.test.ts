import { afterAll, beforeAll, expect, it } from 'vitest';
import { describeLab } from '../lab/describe-lab.ts';
import { type LabExporter, type Scraped, startExporter } from '../lab/exporter.ts';
import { type Lab, startLab } from '../lab/lab.ts';
import { waitFor } from '../lab/wait.ts';
import { countsOf, type EventCounts } from './event-counts.ts';
import { addWitness, type Witness } from './witness.ts';

/** A unit, the state in which it comes to rest, and what must have been counted of it by then. */
interface Case {
  readonly name: string;
  readonly text: string;
  readonly rest: string;
  readonly counts: EventCounts;
}

const RECOVERS = ['Restart=on-failure', 'RestartSec=10ms'];

/** Takes one way the first time that it runs, and another one from then on. */
const shell = (first: string, then: string): string =>
  `ExecStart=/bin/sh -c 'if mkdir /run/%n.ran; then ${first}; else ${then}; fi'`;

const service = (...lines: readonly string[]): string => ['[Service]', ...lines, ''].join('\n');

const NOTIFY = ['Type=notify', 'NotifyAccess=all'];

const CASES: readonly Case[] = [
  {
    name: 'exit-code.service',
    text: service(...RECOVERS, shell('exit 7', 'exec sleep infinity')),
    rest: 'running',
    counts: { activations: 2, failures: { 'exit-code': 1 } },
  },
  {
    name: 'signal.service',
    text: service(...RECOVERS, shell('kill -KILL $$$$', 'exec sleep infinity')),
    rest: 'running',
    counts: { activations: 2, failures: { signal: 1 } },
  },
  {
    name: 'timeout.service',
    // The first run never says that it is ready, so it has never been active.
    text: service(
      ...[...RECOVERS, ...NOTIFY, 'TimeoutStartSec=300ms'],
      shell(
        'exec sleep infinity',
        'systemd-notify --ready EXTEND_TIMEOUT_USEC=60000000; exec sleep infinity',
      ),
    ),
    rest: 'running',
    counts: { activations: 1, failures: { timeout: 1 } },
  },
  {
    name: 'watchdog.service',
    text: service(
      ...[...RECOVERS, ...NOTIFY, 'WatchdogSec=300ms', 'LimitCORE=0'],
      shell(
        'systemd-notify --ready; exec sleep infinity',
        'systemd-notify --ready WATCHDOG_USEC=3600000000; exec sleep infinity',
      ),
    ),
    rest: 'running',
    counts: { activations: 2, failures: { watchdog: 1 } },
  },
  {
    name: 'gives-up.service',
    text: `[Unit]\nStartLimitIntervalSec=60\nStartLimitBurst=3\n${service(...RECOVERS, 'ExecStart=/bin/false')}`,
    rest: 'failed',
    counts: { activations: 3, failures: { 'exit-code': 3 } },
  },
  {
    name: 'start-limit-hit.service',
    text: `[Unit]\nStartLimitIntervalSec=60\nStartLimitBurst=3\n${service('Restart=always', 'RestartSec=10ms', 'ExecStart=/bin/true')}`,
    rest: 'failed',
    counts: { activations: 3, failures: { 'start-limit-hit': 1 } },
  },
  {
    name: 'resources.service',
    text: service('EnvironmentFile=/nonexistent', 'ExecStart=/bin/true'),
    rest: 'failed',
    counts: { activations: 0, failures: { resources: 1 } },
  },
  {
    name: 'protocol.service',
    text: service(...NOTIFY, 'ExecStart=/bin/true'),
    rest: 'failed',
    counts: { activations: 0, failures: { other: 1 } },
  },
  {
    name: 'oneshot.service',
    text: service('Type=oneshot', 'ExecStart=/bin/sh -c "exit 3"'),
    rest: 'failed',
    counts: { activations: 0, failures: { 'exit-code': 1 } },
  },
  {
    name: 'run-failed.mount',
    text: '[Mount]\nWhat=tmpfs\nType=nonsense\nWhere=/run/failed\n',
    rest: 'failed',
    counts: { activations: 0, failures: { 'exit-code': 1 } },
  },
  {
    name: 'failed.socket',
    text: '[Socket]\nListenStream=/run/failed.socket\nService=done.service\nExecStartPre=/bin/false\n',
    rest: 'failed',
    counts: { activations: 0, failures: { 'exit-code': 1 } },
  },
];

describeLab('what the exporter counts of units that nobody looks at meanwhile', () => {
  let lab: Lab;
  let exporter: LabExporter;
  let witness: Witness;
  let after: Scraped;

  beforeAll(async () => {
    lab = await startLab();
    exporter = await startExporter(lab);
    witness = await addWitness(lab, exporter);
    for (const { name, text } of CASES) await lab.writeUnit(name, text);
    await lab.writeUnit('done.service', service('ExecStart=/bin/true'));
    await lab.run(['systemctl', 'start', ...CASES.map(({ name }) => name)], { check: false });
    for (const { name, rest } of CASES) await comesToRest(name, rest);
    after = await witness.pageOfNow();
  });
  afterAll(() => lab?.stop());

  async function comesToRest(name: string, subState: string): Promise<void> {
    const wanted = [`SubState=${subState}`, ...(subState === 'running' ? ['Result=success'] : [])];
    await waitFor(`${name} is ${subState}`, async () => {
      const { stdout } = await lab.run(['systemctl', 'show', '-p', 'SubState,Result', name]);
      return wanted.every((line) => stdout.split('\n').includes(line)) ? true : undefined;
    });
  }

  it.each(CASES)('is each start and each failure of $name, once', ({ name, counts }) => {
    expect(countsOf(after, name)).toEqual(counts);
  });

  it('tells when each last failed, and only of those that did', async () => {
    const seconds = after.values('systemd_unit_last_failure_timestamp_seconds');
    expect(seconds.length).toBe(CASES.length);
    expect(Math.min(...seconds)).toBeGreaterThan(Date.now() / 1000 - 60);
    expect(Math.max(...seconds)).toBeLessThanOrEqual(Date.now() / 1000);
  });

  it('stays as it is when failures are reset, units are reloaded or stopped', async () => {
    const names = CASES.map(({ name }) => name);
    await lab.run(['systemctl', 'daemon-reload']);
    await lab.run(['systemctl', 'stop', ...names]);
    const page = await witness.pageOfNow();
    const still = CASES.filter(
      ({ name }) => page.values('systemd_unit_activations_total', { name }).length > 0,
    );
    expect(still.length).toBeGreaterThan(0);
    expect(still.map(({ name }) => countsOf(page, name))).toEqual(still.map(({ counts }) => counts));
  });
});
