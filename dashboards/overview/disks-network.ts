import { words } from '../colours.ts';
import { tablePanel } from '../panels/table.ts';
import { timeseriesPanel } from '../panels/timeseries.ts';
import { hostSeries, promql } from '../promql.ts';

const half = { width: 12, height: 9 } as const;

/** How busy the disks are. */
export const disks = () =>
  timeseriesPanel(
    {
      title: 'Disks: busy',
      description:
        'Share of the time in which something was under way at each disk. A spinning disk at 100 % is as busy as it can be; an SSD may still take more.',
      unit: 'percentunit',
      size: half,
      none: 'No disk is read',
    },
    [rate('machine_disk_io_seconds_total', '{{device}} ({{instance}})')],
  );

/** What is read from and written to disks. */
export const diskBytes = () =>
  timeseriesPanel(
    {
      title: 'Disks: bytes',
      description: 'Bytes that are read from and written to each disk in a second.',
      unit: 'Bps',
      size: half,
      none: 'No disk is read',
    },
    [
      rate('machine_disk_read_bytes_total', 'read: {{device}} ({{instance}})'),
      rate('machine_disk_written_bytes_total', 'written: {{device}} ({{instance}})'),
    ],
  );

/** How often disks are read and written. */
export const diskOperations = () =>
  timeseriesPanel(
    {
      title: 'Disks: operations',
      description: 'Reads and writes of each disk in a second.',
      unit: 'ops',
      size: half,
      none: 'No disk is read',
    },
    [
      rate('machine_disk_reads_total', 'reads: {{device}} ({{instance}})'),
      rate('machine_disk_writes_total', 'writes: {{device}} ({{instance}})'),
    ],
  );

/** What goes over the network. */
export const network = () =>
  timeseriesPanel(
    {
      title: 'Network: bytes',
      description: 'Bytes that each network device receives and sends in a second.',
      unit: 'Bps',
      size: half,
      none: 'No network device is read',
    },
    [
      rate('machine_network_receive_bytes_total', 'received: {{device}} ({{instance}})'),
      rate('machine_network_transmit_bytes_total', 'sent: {{device}} ({{instance}})'),
    ],
  );

/** What goes wrong on the network. */
export const networkTrouble = () =>
  timeseriesPanel(
    {
      title: 'Network: errors and drops',
      description:
        'Packets in a second that were bad or could not be sent (errors), or that there was no room or use for (drops). Errors are a cable or a driver; some drops are normal.',
      unit: 'ops',
      size: half,
      none: 'No network device is read',
    },
    [
      rate('machine_network_receive_errors_total', 'errors in: {{device}} ({{instance}})'),
      rate('machine_network_transmit_errors_total', 'errors out: {{device}} ({{instance}})'),
      rate('machine_network_receive_drops_total', 'drops in: {{device}} ({{instance}})'),
      rate('machine_network_transmit_drops_total', 'drops out: {{device}} ({{instance}})'),
    ],
  );

function rate(metric: string, legend: string) {
  return { expr: promql`rate(${hostSeries(metric)}[$__rate_interval])`, legend };
}

/** File systems of the chosen hosts. */
export const fileSystems = () =>
  tablePanel(
    {
      title: 'File systems',
      description:
        'Size and what is left for everybody, files that can still be made, and whether the file system has become read-only, as it does after an error of its disk, or does not answer (1).',
      unit: 'none',
      size: { width: 24, height: 9 },
    },
    [
      { expr: fs('machine_filesystem_size_bytes'), heading: 'Size' },
      { expr: fs('machine_filesystem_available_bytes'), heading: 'Available' },
      {
        expr: promql`max by (instance, mountpoint, device, fstype) (${hostSeries('machine_filesystem_inodes_free')} / (${hostSeries('machine_filesystem_inodes')} > 0))`,
        heading: 'Files left',
      },
      { expr: fs('machine_filesystem_read_only'), heading: 'Read-only' },
      { expr: fs('machine_filesystem_error'), heading: 'No answer' },
    ],
    {
      labels: { mountpoint: 'Mounted on', device: 'Device', fstype: 'Type', instance: 'Instance' },
      columns: {
        Size: { unit: 'bytes' },
        Available: { unit: 'bytes' },
        'Files left': { unit: 'percentunit' },
        'Read-only': { meanings: words({ '0': ['no'], '1': ['yes', 'orange'] }) },
        'No answer': { meanings: words({ '0': ['answers'], '1': ['hangs', 'red'] }) },
      },
      sortedBy: 'Read-only',
    },
  );

function fs(metric: string) {
  return promql`max by (instance, mountpoint, device, fstype) (${hostSeries(metric)})`;
}
