import { describe, expect, it } from 'vitest';
import { createDaemonCollector, daemonSamples } from '../../src/collectors/daemon.ts';
import type { DaemonReading } from '../../src/domain/daemon.ts';
import { samplesAsText } from '../fakes/samples-as-text.ts';

const DAEMON: DaemonReading = {
  name: 'runner',
  state: 'active',
  restarts: 2,
  startSeconds: 1000,
  usage: { processes: 3, cpuSeconds: 1.5, memoryBytes: 4096 },
  status: { problem: undefined, modifiedSeconds: 1234, values: new Map([['queue_length', 7]]) },
};

const pageOf = (daemon: Partial<DaemonReading>) => samplesAsText(daemonSamples({ ...DAEMON, ...daemon }));

describe('daemonSamples', () => {
  it('tells a daemon that runs', () => {
    expect(pageOf({})).toEqual([
      'daemon_up{name="runner"} 1',
      'daemon_state{name="runner",state="active"} 1',
      'daemon_state{name="runner",state="inactive"} 0',
      'daemon_state{name="runner",state="failed"} 0',
      'daemon_state{name="runner",state="unknown"} 0',
      'daemon_restarts_total{name="runner"} 2',
      'daemon_start_time_seconds{name="runner"} 1000',
      'daemon_processes{name="runner"} 3',
      'daemon_cpu_seconds_total{name="runner"} 1.5',
      'daemon_memory_bytes{name="runner"} 4096',
      'daemon_status_ok{name="runner"} 1',
      'daemon_status_modified_timestamp_seconds{name="runner"} 1234',
      'daemon_status_value{name="runner",field="queue_length"} 7',
    ]);
  });

  it('leaves out what is not known', () => {
    const status = { problem: 'no status file', modifiedSeconds: undefined, values: new Map() };
    const page = pageOf({ state: 'unknown', startSeconds: undefined, usage: undefined, status });
    expect(page.filter((line) => !line.startsWith('daemon_state'))).toEqual([
      'daemon_restarts_total{name="runner"} 2',
      'daemon_status_ok{name="runner"} 0',
    ]);
  });
});

describe('createDaemonCollector', () => {
  it('defines every metric that it tells', async () => {
    const { metrics, collect } = createDaemonCollector(() => [DAEMON]);
    const blocks = await collect(new AbortController().signal);
    const told = new Set(blocks.flatMap((block) => block.samples()).map(({ metric }) => metric));
    expect(told).toEqual(new Set(metrics));
  });
});
