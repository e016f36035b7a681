import { timeseriesPanel } from '../panels/timeseries.ts';
import { hostSeries, promql, unitSeries } from '../promql.ts';
import { UNIT_ON_HOST } from './now.ts';

const half = { width: 12, height: 10 } as const;

/** CPU time of each unit over time. */
export const cpu = () =>
  timeseriesPanel(
    {
      title: 'CPU time',
      description:
        'Processors that each unit keeps busy; 100 % is one core. "User" is its own code, "system" the kernel on its behalf: reading, writing, the GPU driver. Services of launchd and with a pid file are told as one.',
      unit: 'percentunit',
      size: half,
    },
    [
      {
        expr: promql`sum by (instance, name, mode) (rate(${unitSeries('systemd_unit_cpu_seconds_total')}[$__rate_interval]))`,
        legend: `{{mode}}: ${UNIT_ON_HOST}`,
      },
      {
        expr: promql`sum by (instance, name) (rate(${unitSeries('unit_cpu_seconds_total', 'manager!="systemd"')}[$__rate_interval]))`,
        legend: UNIT_ON_HOST,
      },
    ],
  );

/** Share of time in which the CPU quota kept each unit from running. */
export const throttling = () =>
  timeseriesPanel(
    {
      title: 'Kept from running by its CPU quota',
      description:
        'Share of the periods in which the unit used its quota (CPUQuota=) up, and time that its tasks lost so, per second. Above a quarter of the periods the unit feels slow, however idle the machine is.',
      unit: 'percentunit',
      size: half,
      none: 'No chosen unit has a CPU quota',
    },
    [
      {
        expr: promql`sum by (instance, name) (rate(${unitSeries('systemd_unit_cpu_throttled_periods_total')}[$__rate_interval])) / (sum by (instance, name) (rate(${unitSeries('systemd_unit_cpu_periods_total')}[$__rate_interval])) > 0)`,
        legend: `periods: ${UNIT_ON_HOST}`,
      },
      {
        expr: promql`sum by (instance, name) (rate(${unitSeries('systemd_unit_cpu_throttled_seconds_total')}[$__rate_interval])) and on (instance, name) sum by (instance, name) (rate(${unitSeries('systemd_unit_cpu_periods_total')}[$__rate_interval])) > 0`,
        legend: `time lost: ${UNIT_ON_HOST}`,
      },
    ],
  );

const RESOURCES = ['cpu', 'memory', 'io'] as const;

/** Share of time in which tasks of each unit waited for something. */
export const pressure = () =>
  timeseriesPanel(
    {
      title: 'Time spent waiting (PSI)',
      description:
        'Share of the time in which some task of the unit waited for a processor, for memory or for a disk, as the kernel tells it (pressure stall information). A tenth is felt; memory is the worst of the three.',
      unit: 'percentunit',
      size: half,
      none: 'Not read: exporter.cgroup.pressure is off',
    },
    RESOURCES.map((resource) => ({
      expr: promql`sum by (instance, name) (rate(${unitSeries(`systemd_unit_pressure_${resource}_waiting_seconds_total`)}[$__rate_interval]))`,
      legend: `${resource}: ${UNIT_ON_HOST}`,
    })),
  );

/** Share of time in which no task of a unit got anywhere. */
export const stalls = () =>
  timeseriesPanel(
    {
      title: 'Time in which nothing went on (PSI, full)',
      description:
        'Share of the time in which every task of the unit that could have run waited for the same thing. Anything that lasts is a unit that stands still.',
      unit: 'percentunit',
      size: half,
      none: 'Not read: exporter.cgroup.pressure is off',
    },
    RESOURCES.map((resource) => ({
      expr: promql`sum by (instance, name) (rate(${unitSeries(`systemd_unit_pressure_${resource}_stalled_seconds_total`)}[$__rate_interval]))`,
      legend: `${resource}: ${UNIT_ON_HOST}`,
    })),
  );

/** What each unit reads from and writes to disks. */
export const diskBytes = () =>
  timeseriesPanel(
    {
      title: 'Disks: bytes',
      description:
        'Bytes that each unit reads from and writes to block devices in a second. What comes from the page cache is not in it, and what is written shows once the kernel really writes it.',
      unit: 'Bps',
      size: half,
      none: 'Not read: exporter.cgroup.io is off',
    },
    [
      ratePerUnit('systemd_unit_io_read_bytes_total', 'read'),
      ratePerUnit('systemd_unit_io_written_bytes_total', 'written'),
    ],
  );

/** How often each unit reads from and writes to disks. */
export const diskOperations = () =>
  timeseriesPanel(
    {
      title: 'Disks: operations',
      description:
        'Reads and writes of each unit on block devices in a second. Many operations of few bytes tire a spinning disk out.',
      unit: 'ops',
      size: half,
      none: 'Not read: exporter.cgroup.io is off',
    },
    [
      ratePerUnit('systemd_unit_io_reads_total', 'reads'),
      ratePerUnit('systemd_unit_io_writes_total', 'writes'),
    ],
  );

/** What each unit sends and receives over IP. */
export const network = () =>
  timeseriesPanel(
    {
      title: 'Network: bytes',
      description:
        'Bytes that each service receives and sends over IP in a second. Only those that have IPAccounting=yes are counted.',
      unit: 'Bps',
      size: half,
      none: 'No chosen service has IPAccounting=yes',
    },
    [
      ratePerUnit('systemd_service_ip_ingress_bytes_total', 'received'),
      ratePerUnit('systemd_service_ip_egress_bytes_total', 'sent'),
    ],
  );

/** Packets that each unit sends and receives over IP. */
export const packets = () =>
  timeseriesPanel(
    {
      title: 'Network: packets',
      description:
        'Packets that each service receives and sends over IP in a second. Only those that have IPAccounting=yes are counted.',
      unit: 'ops',
      size: half,
      none: 'No chosen service has IPAccounting=yes',
    },
    [
      ratePerUnit('systemd_service_ip_ingress_packets_total', 'received'),
      ratePerUnit('systemd_service_ip_egress_packets_total', 'sent'),
    ],
  );

/** Time that each unit keeps the engines of AMD and Intel GPUs busy. */
export const gpuEngines = () =>
  timeseriesPanel(
    {
      title: 'Engines of GPUs (AMD, Intel)',
      description:
        'Share of the time in which the processes of a chosen unit keep an engine of a GPU busy. NVIDIA does not tell it by process.',
      unit: 'percentunit',
      size: half,
      none: 'No chosen unit uses a GPU of AMD or Intel',
    },
    [
      {
        expr: promql`sum by (instance, unit, engine) (rate(${hostSeries('gpu_unit_engine_seconds_total', 'unit=~"$name"')}[$__rate_interval]))`,
        legend: '{{engine}}: {{unit}} ({{instance}})',
      },
    ],
  );

function ratePerUnit(metric: string, word: string) {
  return {
    expr: promql`sum by (instance, name) (rate(${unitSeries(metric)}[$__rate_interval]))`,
    legend: `${word}: ${UNIT_ON_HOST}`,
  };
}
