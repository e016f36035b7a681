import { CGROUP_FAMILIES, type CgroupFamily } from '../domain/cgroup.ts';
import type { DaemonSpec } from '../domain/daemon.ts';
import type { ProbePlan } from '../domain/probes/plan.ts';
import type { ThresholdOverride } from '../rules/override.ts';
import { type JournalConfig, journalOf } from './journal.ts';
import { type LaunchdConfig, launchdOf } from './launchd.ts';
import type { ListenAddress } from './listen.ts';
import { type TextTest, unwantedTest, wantedTest } from './pattern.ts';
import { type RemediatorConfig, remediatorOf } from './remediator/remediator.ts';
import type { WrittenConfig } from './schema.ts';

/** Everything that a person can set, in the program's own terms. */
export interface Config {
  readonly exporter: ExporterConfig;
  readonly remediator: RemediatorConfig;
  /** What services are asked, in the order of the configuration. */
  readonly probes: readonly ProbePlan[];
  /** Daemons that write their pid to a file, each with a name of its own. */
  readonly daemons: readonly DaemonSpec[];
  /** Thresholds of alerts that are set otherwise. Only `fettle rules` needs them. */
  readonly thresholds: readonly ThresholdOverride[];
}

/** The reading half. */
export interface ExporterConfig {
  readonly listen: ListenAddress;
  /** Whether a unit is exported. */
  readonly includesUnit: TextTest;
  /** How many series of `systemd_unit_state` a unit has: one a state, only that of its state, or none. */
  readonly unitState: 'full' | 'nonzero' | 'off';
  /** Whether metrics that systemd_exporter types or names against the conventions are told its way. */
  readonly oldTypes: boolean;
  /** Whether systemd is read; undefined: where there is one, so not on macOS. */
  readonly systemd: boolean | undefined;
  /** Whether its services also have the metrics `unit_*`, which services of all managers have. */
  readonly commonUnits: boolean;
  /** Whether systemd is reached over its private socket instead of D-Bus. */
  readonly privateSocket: boolean;
  /** Whether systemd-resolved is asked for its statistics. */
  readonly resolved: boolean;
  /** Which users' own service managers are followed, by name or number. */
  readonly users: 'all' | readonly string[];
  /** Which groups of values are read of each unit's cgroup. */
  readonly cgroupFamilies: readonly CgroupFamily[];
  /** Whether slices are read too, each of which counts its units once more. */
  readonly slices: boolean;
  readonly gpu: GpuConfig;
  /** Whether the kernel's log is followed. */
  readonly kernelLog: boolean;
  /** What is counted in the journal; undefined: it is not read. */
  readonly journal: JournalConfig | undefined;
  readonly launchd: LaunchdConfig;
  /** Whether temperatures and fans of hwmon are read. */
  readonly hwmon: boolean;
  /** What is read of the machine itself; undefined: nothing. */
  readonly machine: MachineConfig | undefined;
  /** Where sysfs is mounted. */
  readonly sysfs: string;
  /** Where procfs is mounted. */
  readonly procfs: string;
}

/** How GPUs are read. */
export interface GpuConfig {
  /** How those of NVIDIA are read; undefined: not at all. */
  readonly nvidia: NvidiaConfig | undefined;
  /** Whether each process that uses a GPU has a series. */
  readonly processes: boolean;
}

/** How GPUs of NVIDIA are read. */
export interface NvidiaConfig {
  readonly reader: 'nvidia-smi' | 'node-nvidia-smi';
  readonly mode: 'spawn' | 'stream';
  /** Of nvidia-smi, or its name to be found on PATH. */
  readonly path: string;
  readonly intervalMs: number;
}

/** What is read of the machine's file systems and network. */
export interface MachineConfig {
  /** Whether file systems of other machines, which may hang, are asked too. */
  readonly remoteFileSystems: boolean;
  readonly wantsMountpoint: TextTest;
  readonly wantsNetworkDevice: TextTest;
}

/**
 * Translates what was written.
 *
 * `marks` are of the probes: by them it is seen whether one has changed.
 */
export function configOf(written: WrittenConfig, marks: readonly string[]): Config {
  const { exporter, remediator, probes, daemons, thresholds } = written;
  const { include, exclude } = exporter.systemd;
  return {
    exporter: {
      listen: exporter.listen,
      includesUnit: wantedTest(include, exclude),
      unitState: exporter.systemd.unit_state,
      oldTypes: exporter.systemd.systemd_exporter_types,
      systemd: exporter.systemd.enabled,
      commonUnits: exporter.systemd.common,
      privateSocket: exporter.systemd.private,
      resolved: exporter.systemd.resolved,
      users: exporter.systemd.users === 'all' ? 'all' : exporter.systemd.users.map(String),
      cgroupFamilies: CGROUP_FAMILIES.filter((family) => exporter.cgroup[family]),
      slices: exporter.cgroup.slices,
      gpu: gpuOf(exporter.gpu),
      kernelLog: exporter.kernel_log,
      journal: journalOf(exporter.journal),
      launchd: launchdOf(exporter.launchd),
      hwmon: exporter.hwmon,
      machine: machineOf(exporter.machine),
      sysfs: exporter.sysfs,
      procfs: exporter.procfs,
    },
    remediator: remediatorOf(remediator),
    probes: probes.map((probe, index) => ({ ...probe, mark: marks[index] ?? '' })),
    daemons,
    thresholds,
  };
}

function gpuOf({ nvidia, processes }: WrittenConfig['exporter']['gpu']): GpuConfig {
  const { reader, mode, path, interval } = nvidia;
  if (reader === 'off') return { nvidia: undefined, processes };
  return { nvidia: { reader, mode, path, intervalMs: interval * 1000 }, processes };
}

function machineOf(written: WrittenConfig['exporter']['machine']): MachineConfig | undefined {
  const { enabled, filesystems, network } = written;
  if (!enabled) return undefined;
  return {
    remoteFileSystems: filesystems.remote,
    wantsMountpoint: unwantedTest(filesystems.exclude),
    wantsNetworkDevice: unwantedTest(network.exclude),
  };
}
