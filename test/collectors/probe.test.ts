import { describe, expect, it } from 'vitest';
import { createProbeCollector } from '../../src/collectors/probe.ts';
import type { ProbeReading } from '../../src/domain/probe.ts';

const READING: ProbeReading = {
  name: 'web',
  type: 'http',
  unit: 'web.service',
  runs: 5,
  failures: new Map([
    ['timeout', 0],
    ['status', 2],
  ]),
  isStale: false,
  last: {
    endedSeconds: 1000,
    durationSeconds: 0.5,
    outcome: {
      failure: { reason: 'status', detail: 'no' },
      values: new Map([['depth', 3]]),
      httpStatus: 500,
      phases: { resolve: 0.1, tls: 0.2 },
      certificateExpirySeconds: 2000,
      exitCode: 1,
      files: 2,
      sizeBytes: 3,
      modifiedSeconds: 4,
      freeBytes: 5,
      notes: ['not for metrics'],
    },
  },
};

/** Metrics and their values, by what they have beside the labels of all. */
async function told(reading: ProbeReading): Promise<Readonly<Record<string, number>>> {
  const blocks = await createProbeCollector(() => [reading]).collect(new AbortController().signal);
  const rows = blocks
    .flatMap((block) => block.samples())
    .map(({ metric, labels, value }) => {
      const { probe, type, unit, ...more } = labels;
      expect([probe, type, unit]).toEqual(['web', 'http', 'web.service']);
      return [[metric.name.replace('fettle_probe_', ''), ...Object.values(more)].join(' '), value];
    });
  return Object.fromEntries(rows);
}

const COUNTS = { runs_total: 5, 'failures_total timeout': 0, 'failures_total status': 2 };

describe('metrics of a probe', () => {
  it('leave out what is no number to reckon with', async () => {
    const { last } = READING;
    if (last === undefined) throw new Error('it has been asked');
    const values = new Map([
      ['inf', Number.POSITIVE_INFINITY],
      ['nan', Number.NaN],
      ['depth', 3],
    ]);
    const outcome = { ...last.outcome, values, sizeBytes: Number.NaN };
    const names = Object.keys(await told({ ...READING, last: { ...last, outcome } }));
    expect(names).toContain('value depth');
    for (const name of ['value inf', 'value nan', 'size_bytes']) expect(names).not.toContain(name);
  });

  it('tell all that is known', async () => {
    expect(await told(READING)).toEqual({
      ...COUNTS,
      last_run_timestamp_seconds: 1000,
      success: 0,
      duration_seconds: 0.5,
      http_status_code: 500,
      certificate_expiry_timestamp_seconds: 2000,
      exit_code: 1,
      files: 2,
      size_bytes: 3,
      modified_timestamp_seconds: 4,
      free_bytes: 5,
      'phase_duration_seconds resolve': 0.1,
      'phase_duration_seconds tls': 0.2,
      'value depth': 3,
    });
  });

  it('leave out what is not known', async () => {
    const outcome = { failure: undefined, values: new Map(), notes: [] };
    expect(await told({ ...READING, last: { endedSeconds: 1, durationSeconds: 2, outcome } })).toEqual({
      ...COUNTS,
      last_run_timestamp_seconds: 1,
      success: 1,
      duration_seconds: 2,
    });
  });

  it('are only counters before the first answer', async () => {
    expect(await told({ ...READING, last: undefined })).toEqual(COUNTS);
  });

  it('tell of an old answer only when it was', async () => {
    expect(await told({ ...READING, isStale: true })).toEqual({
      ...COUNTS,
      last_run_timestamp_seconds: 1000,
    });
  });
});
