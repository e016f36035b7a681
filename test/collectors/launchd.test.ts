import { describe, expect, it } from 'vitest';
import { createLaunchdCollector, launchdSamples } from '../../src/collectors/launchd.ts';
import type { LaunchdJobReading } from '../../src/domain/launchd.ts';
import { samplesAsText } from '../fakes/samples-as-text.ts';

const JOB: LaunchdJobReading = {
  domain: 'gui/501',
  label: 'com.example.x',
  state: 'running',
  jobState: 'running',
  pid: 1478,
  runs: 3,
  lastExitCode: undefined,
  lastSignal: undefined,
  program: '/opt/ray',
  plist: undefined,
  isOnDemand: false,
  enabled: true,
  usage: { cpuSeconds: 1.5, memoryBytes: 4096, startSeconds: 1000 },
};

const NO_FAILURES = { list: 0, print: 0, 'print-disabled': 0, ps: 0 };

const pageOf = (job: Partial<LaunchdJobReading>) =>
  samplesAsText(
    launchdSamples({ domains: new Map(), jobs: [{ ...JOB, ...job }], failures: NO_FAILURES }),
  ).filter((line) => !line.startsWith('launchd_failed'));

const LABELS = '{domain="gui/501",label="com.example.x"';

describe('launchdSamples', () => {
  it('tells a job that runs', () => {
    expect(pageOf({})).toEqual([
      `launchd_job_info${LABELS},program="/opt/ray"} 1`,
      `launchd_job_state${LABELS},state="running"} 1`,
      `launchd_job_state${LABELS},state="not running"} 0`,
      `launchd_job_state${LABELS},state="waiting"} 0`,
      `launchd_job_state${LABELS},state="spawn scheduled"} 0`,
      `launchd_job_state${LABELS},state="xpcproxy"} 0`,
      `launchd_job_state${LABELS},state="other"} 0`,
      `launchd_job_pid${LABELS}} 1478`,
      `launchd_job_config_error${LABELS}} 0`,
      `launchd_job_enabled${LABELS}} 1`,
      `launchd_job_runs_total${LABELS}} 3`,
      `launchd_job_cpu_seconds_total${LABELS}} 1.5`,
      `launchd_job_memory_bytes${LABELS}} 4096`,
      `launchd_job_start_time_seconds${LABELS}} 1000`,
    ]);
  });

  it('tells exit code 78 as an error of the configuration', () => {
    const page = pageOf({ state: 'spawn scheduled', pid: undefined, lastExitCode: 78, usage: undefined });
    expect(page).toContain(`launchd_job_config_error${LABELS}} 1`);
    expect(page).toContain(`launchd_job_last_exit_code${LABELS}} 78`);
    expect(page).toContain(`launchd_job_state${LABELS},state="spawn scheduled"} 1`);
  });

  it('leaves out what is not known', () => {
    const unknown = { state: undefined, pid: undefined, runs: undefined, program: undefined };
    expect(pageOf({ ...unknown, enabled: undefined, usage: undefined, lastSignal: 9 })).toEqual([
      `launchd_job_info${LABELS},program=""} 1`,
      `launchd_job_last_signal${LABELS}} 9`,
      `launchd_job_config_error${LABELS}} 0`,
    ]);
  });

  it('tells which domains are there, and what was not answered', () => {
    const domains = new Map([
      ['system', true],
      ['gui/501', false],
    ]);
    const failures = { ...NO_FAILURES, print: 7 };
    expect(samplesAsText(launchdSamples({ domains, jobs: [], failures }))).toEqual([
      'launchd_domain_up{domain="system"} 1',
      'launchd_domain_up{domain="gui/501"} 0',
      'launchd_failed_questions_total{question="list"} 0',
      'launchd_failed_questions_total{question="print"} 7',
      'launchd_failed_questions_total{question="print-disabled"} 0',
      'launchd_failed_questions_total{question="ps"} 0',
    ]);
  });
});

describe('createLaunchdCollector', () => {
  it('defines every metric that it tells', async () => {
    const jobs = [JOB, { ...JOB, lastExitCode: 78, lastSignal: 9 }];
    const { metrics, collect } = createLaunchdCollector(() => ({
      domains: new Map([['system', true]]),
      jobs,
      failures: NO_FAILURES,
    }));
    const blocks = await collect(new AbortController().signal);
    const told = new Set(blocks.flatMap((block) => block.samples()).map(({ metric }) => metric));
    expect(told).toEqual(new Set(metrics));
  });
});
