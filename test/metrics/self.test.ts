import { describe, expect, it } from 'vitest';
import { createSelfMetrics, type SelfMetrics } from '../../src/metrics/self.ts';
import { pageOfFamilies } from './pages.ts';
import { parsePage } from './text-format.ts';

const pageOf = async (self: SelfMetrics) => pageOfFamilies(await self.families());

describe('createSelfMetrics', () => {
  it('tells which fettle this is, and on which Node it runs', async () => {
    const { series } = parsePage(await pageOf(createSelfMetrics('1.2.3', () => 7)));
    expect(series).toContainEqual({
      name: 'fettle_build_info',
      labels: { version: '1.2.3', node: process.version },
      value: 1,
    });
  });

  it('tells what the process uses', async () => {
    const { series } = parsePage(await pageOf(createSelfMetrics('1', () => 7)));
    const names = series.map(({ name }) => name);
    for (const name of [
      'process_cpu_seconds_total',
      'process_resident_memory_bytes',
      'process_start_time_seconds',
      'nodejs_eventloop_lag_seconds',
      'nodejs_external_memory_bytes',
    ]) {
      expect(names).toContain(name);
    }
  });

  it('tells the heap as it is, and that less of it is used than there is', async () => {
    const { series } = parsePage(await pageOf(createSelfMetrics('1', () => 7)));
    const figure = (name: string) => series.find((one) => one.name === name)?.value ?? Number.NaN;
    const total = figure('nodejs_heap_size_total_bytes');
    expect(total).toBeGreaterThan(1_000_000);
    expect(figure('nodejs_heap_size_used_bytes')).toBeGreaterThan(1_000_000);
    expect(figure('nodejs_heap_size_used_bytes')).toBeLessThanOrEqual(total);
  });

  it('has no gauge that is called like a counter, and no counter that is not', async () => {
    const { types } = parsePage(await pageOf(createSelfMetrics('1', () => 7)));
    const misnamed = [...types].filter(([name, type]) => name.endsWith('_total') !== (type === 'counter'));
    expect(misnamed).toEqual([]);
  });

  it('counts requests to the webhook by status', async () => {
    const self = createSelfMetrics('1', () => 7);
    for (const status of [200, 503, 200]) self.countWebhook(status);
    const counts = parsePage(await pageOf(self)).series.filter(
      ({ name }) => name === 'fettle_webhook_requests_total',
    );
    expect(counts.map(({ labels, value }) => [labels['code'], value])).toEqual([
      ['200', 2],
      ['503', 1],
    ]);
  });

  it('counts for each half on its own', async () => {
    const [counting, other] = [createSelfMetrics('1', () => 7), createSelfMetrics('1', () => 7)];
    counting.countWebhook(200);
    expect(await pageOf(other)).not.toContain('code="200"');
  });

  it('tells the open files where they can be counted at no cost', async () => {
    expect(await pageOf(createSelfMetrics('1', () => 7))).toContain('\nprocess_open_fds 7\n');
    expect(await pageOf(createSelfMetrics('1', () => undefined))).not.toContain('process_open_fds');
  });
});
