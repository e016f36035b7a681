import * as z from 'zod';
import { UNWANTED_MOUNTPOINTS, UNWANTED_NETWORK_DEVICES } from '../domain/machine.ts';
import { daemons } from './daemons.ts';
import { duration } from './duration.ts';
import { journal } from './journal.ts';
import { launchd } from './launchd.ts';
import { listenAddress } from './listen.ts';
import { absolutePath } from './path.ts';
import { pattern } from './pattern.ts';
import { probes } from './probes/probe.ts';
import { remediator } from './remediator/remediator.ts';
import { thresholds } from './thresholds.ts';

const EVERYTHING = '.+';
const DEVICES = '.+\\.device';

const onOff = z.boolean({ error: 'expected true or false' });

const USERS = 'expected all, or a list of user names such as [alice, bob]';

const users = z
  .union([z.literal('all'), z.array(z.union([z.string().min(1), z.int().nonnegative()]))], { error: USERS })
  .default([]);

const PROGRAM = 'expected a program on PATH such as nvidia-smi, or an absolute path to one';

const program = z.string({ error: PROGRAM }).regex(/^(?:\/.*)?[^/]+$/, { error: PROGRAM });

/** Starting nvidia-smi takes some 50 ms to seconds; what is older than an hour says nothing of now. */
const smiInterval = duration.refine((seconds) => seconds >= 1 && seconds <= 3600, {
  error: 'expected a duration from 1s to 1h',
});

const exporter = z.strictObject({
  listen: listenAddress.prefault('127.0.0.1:10558').describe('Where it listens for Prometheus.'),
  systemd: z
    .strictObject({
      include: pattern
        .prefault(EVERYTHING)
        .describe('Which units are exported: RE2 that the whole name must match.'),
      exclude: pattern.prefault(DEVICES).describe('Which are left out: RE2 that the whole name must match.'),
      unit_state: z
        .enum(['full', 'nonzero', 'off'], { error: 'expected full, nonzero or off' })
        .default('full')
        .describe(
          'Series of systemd_unit_state: full (one a state), nonzero (only that of its state) or off.',
        ),
      systemd_exporter_types: onOff
        .default(false)
        .describe("true: types and names of systemd_exporter where they break Prometheus's rules."),
      enabled: onOff.optional().describe('Whether systemd is read; left out: where there is one.'),
      common: onOff
        .default(true)
        .describe('Whether services also have the metrics unit_*, which those of all managers have.'),
      private: onOff
        .default(false)
        .describe("true: over systemd's private socket instead of D-Bus; root only."),
      resolved: onOff.default(false).describe('Whether systemd-resolved is asked for its statistics.'),
      users: users.describe('Whose own service managers are followed: all, or a list of users.'),
    })
    .prefault({})
    .describe('Units of systemd.'),
  cgroup: z
    .strictObject({
      cpu: onOff.default(true).describe('CPU time and throttling.'),
      memory: onOff
        .default(true)
        .describe('Current, peak, swap, anonymous, file, kernel, working set, events.'),
      pids: onOff.default(true).describe('Tasks and refused forks.'),
      limits: onOff.default(true).describe('What memory and tasks may be.'),
      pressure: onOff.default(false).describe('Stalls for CPU, memory and IO.'),
      io: onOff.default(false).describe('Block devices.'),
      slices: onOff.default(false).describe('Also of slices, which count every unit in them once more.'),
    })
    .prefault({})
    .describe("What is read of each unit's cgroup."),
  gpu: z
    .strictObject({
      nvidia: z
        .strictObject({
          reader: z
            .enum(['nvidia-smi', 'node-nvidia-smi', 'off'], {
              error: 'expected nvidia-smi, node-nvidia-smi or off',
            })
            .default('nvidia-smi')
            .describe('What reads them; off: nothing.'),
          mode: z
            .enum(['spawn', 'stream'], { error: 'expected spawn or stream' })
            .default('spawn')
            .describe('spawn: run for each reading; stream: goes on and prints.'),
          path: program.default('nvidia-smi').describe('nvidia-smi, or an absolute path to it.'),
          interval: smiInterval.prefault('15s').describe('How often they are read.'),
        })
        .prefault({})
        .describe('GPUs of NVIDIA.'),
      processes: onOff.default(false).describe('Whether each process that uses an NVIDIA GPU has a series.'),
    })
    .prefault({})
    .describe('GPUs.'),
  kernel_log: onOff.default(true).describe("Xids, OOM kills, IO and file system errors in the kernel's log."),
  journal: journal.prefault({}).describe('What is counted in the journal.'),
  launchd: launchd.prefault({}).describe('The jobs of launchd, on macOS.'),
  hwmon: onOff.default(true).describe("Temperatures and fans of the boards' own sensors."),
  machine: z
    .strictObject({
      enabled: onOff
        .default(true)
        .describe('Whether load, memory, stalls, file systems, network and disks are read.'),
      filesystems: z
        .strictObject({
          remote: onOff.default(false).describe('Whether those of other machines are asked, too.'),
          exclude: pattern.prefault(UNWANTED_MOUNTPOINTS).describe('Mount points to leave out: RE2.'),
        })
        .prefault({})
        .describe('Its file systems.'),
      network: z
        .strictObject({
          exclude: pattern.prefault(UNWANTED_NETWORK_DEVICES).describe('Devices to leave out: RE2.'),
        })
        .prefault({})
        .describe('Its network.'),
    })
    .prefault({})
    .describe('The machine itself.'),
  sysfs: absolutePath
    .default('/sys')
    .describe('Where sysfs is mounted; other folders only for containers and tests.'),
  procfs: absolutePath.default('/proc').describe('Where procfs is mounted.'),
});

/** The whole configuration file. Everything is optional; an unknown key is an error. */
export const schema = z.strictObject({
  exporter: exporter.prefault({}).describe('The half that reads: metrics for Prometheus.'),
  remediator: remediator.prefault({}),
  probes: probes.describe('What services are asked, each on its own schedule.'),
  daemons: daemons
    .default([])
    .describe('Daemons that write their pid to a file, where systemd does not look after them.'),
  thresholds: thresholds
    .prefault({})
    .describe(
      'Thresholds of alerts that are set otherwise, for all or by label; `fettle rules` writes them.',
    ),
});

/** A configuration as it was written, with the defaults filled in. */
export type WrittenConfig = z.output<typeof schema>;
