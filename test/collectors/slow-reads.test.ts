import { describe, expect, it } from 'vitest';
import { createSlowReadsCollector } from '../../src/collectors/slow-reads.ts';

describe('createSlowReadsCollector', () => {
  it('tells what hangs by the time that the page is written', async () => {
    let hung: readonly { readonly path: string; readonly seconds: number }[] = [];
    const { collect } = createSlowReadsCollector({ hung: () => hung, leftOut: () => 3 });
    const blocks = await collect(new AbortController().signal);
    hung = [{ path: '/sys/class/hwmon/hwmon0/temp1_input', seconds: 12 }];
    const samples = blocks.flatMap((block) => block.samples());
    expect(samples.map(({ metric, labels, value }) => [metric.name, labels, value])).toEqual([
      ['fettle_hung_read_seconds', { path: '/sys/class/hwmon/hwmon0/temp1_input' }, 12],
      ['fettle_reads_left_out_total', {}, 3],
    ]);
  });
});
