import { describe, expect, it } from 'vitest';
import { createMachineCollector } from '../../src/collectors/machine.ts';
import { MACHINE_VALUES, type MachineReading } from '../../src/domain/machine.ts';

const NOTHING: MachineReading = {
  values: {},
  cpuSeconds: {},
  fileSystems: [],
  networkDevices: [],
  disks: [],
};

async function told(reading: MachineReading): Promise<readonly string[]> {
  const { collect } = createMachineCollector(async () => reading);
  const blocks = await collect(new AbortController().signal);
  return blocks
    .flatMap((block) => block.samples())
    .map(({ metric, labels, value }) => [metric.name, ...Object.values(labels), value].join(' '));
}

describe('createMachineCollector', () => {
  it('gives every single value a metric of its own', async () => {
    const values = Object.fromEntries(MACHINE_VALUES.map((name, index) => [name, index + 1]));
    const lines = await told({ ...NOTHING, values });
    expect(lines).toHaveLength(MACHINE_VALUES.length);
    expect(new Set(lines.map((line) => line.split(' ')[0])).size).toBe(MACHINE_VALUES.length);
    expect(lines).toContain('machine_load1 1');
    expect(lines).toContain('machine_memory_total_bytes 4');
    expect(lines).toContain('machine_pressure_io_stalled_seconds_total 15');
    expect(lines).toContain('machine_reboot_required 17');
  });

  it('tells a file system that answers in full, and of one that does not that it does not', async () => {
    const place = { device: '/dev/sda1', fstype: 'btrfs' };
    const sizes = {
      sizeBytes: 10,
      freeBytes: 5,
      availableBytes: 4,
      inodes: undefined,
      freeInodes: undefined,
    };
    const lines = await told({
      ...NOTHING,
      fileSystems: [
        { ...place, mountpoint: '/', readOnly: false, sizes },
        { ...place, mountpoint: '/e', readOnly: true, sizes: { ...sizes, inodes: 9, freeInodes: 0 } },
        { device: 's:/e', mountpoint: '/nfs', fstype: 'nfs4', readOnly: false, sizes: undefined },
        {
          device: 's:/f',
          mountpoint: '/f',
          fstype: 'nfs4',
          readOnly: false,
          sizes: undefined,
          unasked: true,
        },
      ],
    });
    expect(lines).toEqual([
      'machine_filesystem_read_only /dev/sda1 / btrfs 0',
      'machine_filesystem_error /dev/sda1 / btrfs 0',
      'machine_filesystem_size_bytes /dev/sda1 / btrfs 10',
      'machine_filesystem_free_bytes /dev/sda1 / btrfs 5',
      'machine_filesystem_available_bytes /dev/sda1 / btrfs 4',
      'machine_filesystem_read_only /dev/sda1 /e btrfs 1',
      'machine_filesystem_error /dev/sda1 /e btrfs 0',
      'machine_filesystem_size_bytes /dev/sda1 /e btrfs 10',
      'machine_filesystem_free_bytes /dev/sda1 /e btrfs 5',
      'machine_filesystem_available_bytes /dev/sda1 /e btrfs 4',
      'machine_filesystem_inodes /dev/sda1 /e btrfs 9',
      'machine_filesystem_inodes_free /dev/sda1 /e btrfs 0',
      'machine_filesystem_read_only s:/e /nfs nfs4 0',
      'machine_filesystem_error s:/e /nfs nfs4 1',
      'machine_filesystem_read_only s:/f /f nfs4 0',
    ]);
  });

  it('tells processors, network devices and disks', async () => {
    const lines = await told({
      ...NOTHING,
      cpuSeconds: { user: 1.5, steal: 0 },
      networkDevices: [
        {
          device: 'eth0',
          received: { bytes: 1, packets: 2, errors: 3, drops: 4 },
          sent: { bytes: 5, packets: 6, errors: 7, drops: 8 },
        },
      ],
      disks: [{ device: 'sda', readBytes: 1, writtenBytes: 2, reads: 3, writes: 4, ioSeconds: 0.5 }],
    });
    expect(lines).toEqual([
      'machine_cpu_seconds_total user 1.5',
      'machine_cpu_seconds_total steal 0',
      'machine_network_receive_bytes_total eth0 1',
      'machine_network_receive_packets_total eth0 2',
      'machine_network_receive_errors_total eth0 3',
      'machine_network_receive_drops_total eth0 4',
      'machine_network_transmit_bytes_total eth0 5',
      'machine_network_transmit_packets_total eth0 6',
      'machine_network_transmit_errors_total eth0 7',
      'machine_network_transmit_drops_total eth0 8',
      'machine_disk_read_bytes_total sda 1',
      'machine_disk_written_bytes_total sda 2',
      'machine_disk_reads_total sda 3',
      'machine_disk_writes_total sda 4',
      'machine_disk_io_seconds_total sda 0.5',
    ]);
  });

  it('tells nothing of a machine of which nothing is known, and names each metric once', async () => {
    expect(await told(NOTHING)).toEqual([]);
    const { metrics } = createMachineCollector(async () => NOTHING);
    expect(new Set(metrics.map(({ name }) => name)).size).toBe(metrics.length);
    for (const { name, type } of metrics) {
      expect(name).toMatch(/^machine_/);
      expect([name, name.endsWith('_total')]).toEqual([name, type === 'counter']);
    }
  });
});
