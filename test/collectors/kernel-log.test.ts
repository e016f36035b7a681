import { describe, expect, it } from 'vitest';
import { createKernelLogCollector } from '../../src/collectors/kernel-log.ts';
import type { KernelLogCounts, KernelLogReading } from '../../src/domain/kernel-log.ts';

const COUNTS: KernelLogCounts = {
  xids: [
    { pciBusId: '0000:01:00.0', uuid: 'GPU-a', xid: '79', count: 2, lastSeconds: 1700 },
    { pciBusId: '0000:01:00.0', uuid: 'GPU-a', xid: '48', count: 0, lastSeconds: undefined },
  ],
  unitXids: [
    { pciBusId: '0000:01:00.0', uuid: 'GPU-a', unit: 'vllm.service', user: undefined, xid: '31', count: 9 },
  ],
  sxids: [{ pciBusId: '0000:c1:00.0', sxid: '20034', severity: 'fatal', count: 1 }],
  gpuTroubles: [{ driver: 'amdgpu', pciBusId: '0000:0a:00.0', trouble: 'reset', count: 3 }],
  oomKills: 4,
  ioErrors: [{ device: 'sda', count: 5 }],
  filesystemErrors: [{ filesystem: 'ext4', device: 'sda1', count: 6 }],
  thermalThrottles: { core: 7, package: 8 },
  lostGpus: [],
  recoveryActions: [],
};

const READING: KernelLogReading = { source: 'kmsg', up: true, lagSeconds: 0.5, gaps: 1, counts: COUNTS };

async function samplesOf(reading: KernelLogReading) {
  const blocks = await createKernelLogCollector(() => reading).collect(new AbortController().signal);
  return blocks
    .flatMap((block) => block.samples())
    .map(({ metric, labels, value }) => [metric.name, labels, value]);
}

describe('createKernelLogCollector', () => {
  it('gives what was counted, and how the reader is doing', async () => {
    expect(await samplesOf(READING)).toEqual([
      ['gpu_xid_errors_total', { pci_bus_id: '0000:01:00.0', uuid: 'GPU-a', xid: '79' }, 2],
      ['gpu_xid_errors_total', { pci_bus_id: '0000:01:00.0', uuid: 'GPU-a', xid: '48' }, 0],
      ['gpu_xid_last_timestamp_seconds', { pci_bus_id: '0000:01:00.0', uuid: 'GPU-a', xid: '79' }, 1700],
      [
        'gpu_unit_xid_errors_total',
        {
          pci_bus_id: '0000:01:00.0',
          uuid: 'GPU-a',
          xid: '31',
          unit: 'vllm.service',
          scope: 'system',
          user: '',
        },
        9,
      ],
      ['gpu_nvswitch_sxid_errors_total', { pci_bus_id: '0000:c1:00.0', sxid: '20034', severity: 'fatal' }, 1],
      ['kernel_gpu_driver_errors_total', { driver: 'amdgpu', pci_bus_id: '0000:0a:00.0', kind: 'reset' }, 3],
      ['kernel_oom_kills_total', {}, 4],
      ['kernel_io_errors_total', { device: 'sda' }, 5],
      ['kernel_filesystem_errors_total', { filesystem: 'ext4', device: 'sda1' }, 6],
      ['kernel_thermal_throttle_events_total', { scope: 'core' }, 7],
      ['kernel_thermal_throttle_events_total', { scope: 'package' }, 8],
      ['kernel_log_up', { source: 'kmsg' }, 1],
      ['kernel_log_lag_seconds', { source: 'kmsg' }, 0.5],
      ['kernel_log_gaps_total', {}, 1],
    ]);
  });

  it('counts nothing, not even 0, while the log has not been read', async () => {
    const reading = {
      source: 'journalctl',
      up: false,
      lagSeconds: undefined,
      gaps: 0,
      counts: undefined,
    } as const;
    expect(await samplesOf(reading)).toEqual([['kernel_log_up', { source: 'journalctl' }, 0]]);
  });

  it('gives the same block as long as the counts are the same', async () => {
    const { collect } = createKernelLogCollector(() => ({ ...READING }));
    const { signal } = new AbortController();
    const [first] = await collect(signal);
    const [second] = await collect(signal);
    expect(second).toBe(first);
  });

  it('declares every metric that it gives, with its labels', async () => {
    const { metrics } = createKernelLogCollector(() => READING);
    const declared = new Map(metrics.map(({ name, labels }) => [name, [...labels].sort()]));
    for (const [name, labels] of await samplesOf(READING)) {
      expect(declared.get(String(name))).toEqual(Object.keys(Object(labels)).sort());
    }
    expect(declared.size).toBe(12);
  });
});
