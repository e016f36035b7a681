import type { KernelLogCounts, KernelLogReading } from '../domain/kernel-log.ts';
import { defineMetric, type Sample, sample } from '../domain/metric.ts';
import { type Block, blockOf, type Collector } from './collector.ts';
import { unitLabels } from './gpu/labels.ts';

const SOURCE = '/dev/kmsg, or journalctl -k; all of this boot that the log still has';

const XIDS = defineMetric({
  name: 'gpu_xid_errors_total',
  help: 'Lines of the kernel log of this boot with this Xid of an NVIDIA GPU; critical ones are 0 from the start.',
  type: 'counter',
  labels: ['pci_bus_id', 'uuid', 'xid'],
  source: SOURCE,
});

const XID_LAST = defineMetric({
  name: 'gpu_xid_last_timestamp_seconds',
  help: 'Unix time of the last line of the kernel log with this Xid; left out if there was none in this boot.',
  type: 'gauge',
  labels: ['pci_bus_id', 'uuid', 'xid'],
  source: SOURCE,
});

const UNIT_XIDS = defineMetric({
  name: 'gpu_unit_xid_errors_total',
  help: 'Lines of the kernel log since the start of fettle with this Xid in which a process of this unit is named.',
  type: 'counter',
  labels: ['pci_bus_id', 'uuid', 'unit', 'scope', 'user', 'xid'],
  source: `${SOURCE}, and /proc/PID/cgroup of processes that ended up to 60 s ago`,
});

const SXIDS = defineMetric({
  name: 'gpu_nvswitch_sxid_errors_total',
  help: 'Lines of the kernel log of this boot with this SXid of an NVSwitch.',
  type: 'counter',
  labels: ['pci_bus_id', 'sxid', 'severity'],
  source: SOURCE,
});

const GPU_TROUBLES = defineMetric({
  name: 'kernel_gpu_driver_errors_total',
  help: 'Lines of the kernel log of this boot in which a GPU driver tells of a timeout, hang, reset or loss.',
  type: 'counter',
  labels: ['driver', 'pci_bus_id', 'kind'],
  source: SOURCE,
});

const OOM_KILLS = defineMetric({
  name: 'kernel_oom_kills_total',
  help: 'Processes that the kernel killed for want of memory, in this boot as far as its log goes back.',
  type: 'counter',
  labels: [],
  source: SOURCE,
});

const IO_ERRORS = defineMetric({
  name: 'kernel_io_errors_total',
  help: 'Lines of the kernel log of this boot that tell of an error of a block device; one error may take several.',
  type: 'counter',
  labels: ['device'],
  source: SOURCE,
});

const FILESYSTEM_ERRORS = defineMetric({
  name: 'kernel_filesystem_errors_total',
  help: 'Lines of the kernel log of this boot in which a file system tells of damage or becomes read-only.',
  type: 'counter',
  labels: ['filesystem', 'device'],
  source: SOURCE,
});

const THROTTLES = defineMetric({
  name: 'kernel_thermal_throttle_events_total',
  help: 'Lines of the kernel log of this boot that tell of a CPU too hot; the kernel leaves out most of a series.',
  type: 'counter',
  labels: ['scope'],
  source: SOURCE,
});

const UP = defineMetric({
  name: 'kernel_log_up',
  help: 'Whether the kernel log is being read.',
  type: 'gauge',
  labels: ['source'],
  source: 'the reader itself',
});

const LAG = defineMetric({
  name: 'kernel_log_lag_seconds',
  help: 'Seconds since all of the kernel log had been read; left out when it comes from the journal.',
  type: 'gauge',
  labels: ['source'],
  source: 'the reader itself',
});

const GAPS = defineMetric({
  name: 'kernel_log_gaps_total',
  help: 'Times that records of the kernel log were overwritten before they were read.',
  type: 'counter',
  labels: [],
  source: 'sequence numbers of /dev/kmsg',
});

/**
 * What the kernel's log has told; nothing but that it cannot be read where that is so.
 *
 * `read` gives undefined before anybody has begun to read it.
 */
export function createKernelLogCollector(read: () => KernelLogReading | undefined): Collector {
  let last: { readonly counts: KernelLogCounts; readonly block: Block } | undefined;

  function blockFor(counts: KernelLogCounts): Block {
    if (last?.counts !== counts) last = { counts, block: { samples: () => countSamples(counts) } };
    return last.block;
  }

  return {
    name: 'kernel_log',
    metrics: [
      XIDS,
      XID_LAST,
      UNIT_XIDS,
      SXIDS,
      GPU_TROUBLES,
      OOM_KILLS,
      IO_ERRORS,
      FILESYSTEM_ERRORS,
      THROTTLES,
      UP,
      LAG,
      GAPS,
    ],
    collect() {
      const reading = read();
      if (reading === undefined) return [];
      const own = blockOf(readerSamples(reading));
      return reading.counts === undefined ? [own] : [blockFor(reading.counts), own];
    },
  };
}

/** Samples of the reader itself. */
export function readerSamples({ source, up, lagSeconds, gaps }: KernelLogReading): readonly Sample[] {
  return [
    sample(UP, { source }, up ? 1 : 0),
    ...(lagSeconds === undefined ? [] : [sample(LAG, { source }, lagSeconds)]),
    // The journal does not number its records.
    ...(source === 'kmsg' ? [sample(GAPS, {}, gaps)] : []),
  ];
}

/** Samples of what was counted. */
export function countSamples(counts: KernelLogCounts): readonly Sample[] {
  return [
    ...counts.xids.map((one) => sample(XIDS, xidLabels(one), one.count)),
    ...counts.xids.flatMap((one) =>
      one.lastSeconds === undefined ? [] : [sample(XID_LAST, xidLabels(one), one.lastSeconds)],
    ),
    ...counts.unitXids.map(({ count, ...one }) =>
      sample(UNIT_XIDS, { ...xidLabels(one), ...unitLabels(one) }, count),
    ),
    ...counts.sxids.map(({ pciBusId, sxid, severity, count }) =>
      sample(SXIDS, { pci_bus_id: pciBusId, sxid, severity }, count),
    ),
    ...counts.gpuTroubles.map(({ driver, pciBusId, trouble, count }) =>
      sample(GPU_TROUBLES, { driver, pci_bus_id: pciBusId, kind: trouble }, count),
    ),
    sample(OOM_KILLS, {}, counts.oomKills),
    ...counts.ioErrors.map(({ device, count }) => sample(IO_ERRORS, { device }, count)),
    ...counts.filesystemErrors.map(({ filesystem, device, count }) =>
      sample(FILESYSTEM_ERRORS, { filesystem, device }, count),
    ),
    ...(['core', 'package'] as const).map((scope) =>
      sample(THROTTLES, { scope }, counts.thermalThrottles[scope]),
    ),
  ];
}

function xidLabels({
  pciBusId,
  uuid,
  xid,
}: {
  readonly pciBusId: string;
  readonly uuid: string;
  readonly xid: string;
}) {
  return { pci_bus_id: pciBusId, uuid, xid };
}
