import type { ExporterConfig } from '../config/config.ts';
import { createGate } from '../domain/gate.ts';
import type { Log } from '../domain/log.ts';
import type { PolicySet } from '../domain/policy.ts';
import type { ProbePlan } from '../domain/probes/plan.ts';
import { connectBus } from '../host/bus.ts';
import { systemClock } from '../host/clock.ts';
import { openKmsg } from '../host/kmsg.ts';
import { readPause } from '../host/pause-file.ts';
import { createSlowFiles, type SlowFiles } from '../host/slow/slow-files.ts';
import type { Witnesses } from '../remediator/prove.ts';
import { readAlertState } from '../sources/alertmanager/source.ts';
import { readSecondsSinceBoot } from '../sources/circumstances/boot.ts';
import { readMemoryAvailable } from '../sources/circumstances/memory.ts';
import { readPackagesChangedAt } from '../sources/circumstances/packages.ts';
import { startXidWatch, type XidWatch } from '../sources/circumstances/xid-watch.ts';
import { createHottestZoneReader } from '../sources/circumstances/zones.ts';
import { readUnitCgroup } from '../sources/evidence/cgroup.ts';
import { readUnitJournal } from '../sources/evidence/journal.ts';
import type { UnitProperties } from '../sources/evidence/parts.ts';
import { readUnitProperties } from '../sources/evidence/properties.ts';
import type { Journalctl } from '../sources/journal/journalctl.ts';
import { createProbe } from '../sources/probe/factory.ts';
import { createProcessUnits } from '../sources/processes/process-units.ts';
import { createGpuQuestion } from './circumstances/gpu-question.ts';
import { createProbeQuestion } from './circumstances/probe-question.ts';
import { createCircumstances, type ReadCircumstances } from './circumstances.ts';
import { type CreateEvidence, createEvidence } from './evidence.ts';
import { createGpuLook, type GpuLook } from './gpu-look.ts';
import { createGpuProcesses, type GpuProcesses } from './gpu-processes.ts';
import { createProbeDeps } from './probe-deps.ts';

/** What the remediator reads of the machine before, and after, a repair. */
export interface RemediatorReaders {
  readonly circumstances: ReadCircumstances;
  readonly evidence: CreateEvidence;
  /** What is asked while a repair is being proven. */
  readonly witnesses: Witnesses;
  /** Ends what runs in the background; resolves within some seconds. */
  stop(): Promise<void>;
}

/** Where it is read. What may change with a reload is asked for each time. */
export interface RemediatorReadersOptions {
  readonly exporter: Pick<ExporterConfig, 'procfs' | 'sysfs' | 'gpu'>;
  readonly settings: () => Pick<PolicySet, 'alertmanager' | 'gates'>;
  readonly probes: () => readonly ProbePlan[];
  /** See `pausePath`. */
  readonly pauseFile: string;
  readonly busAddress: string;
  readonly log: Log;
  /** The program and arguments that come before all others (`journalctl`). */
  readonly journalctl?: Journalctl;
  /** Where cgroups are mounted (`/sys/fs/cgroup`). */
  readonly cgroups?: string;
}

/** So many of the four threads of Node's pool may hang in a driver. */
const PLACES = 2;

/** systemd answers evidence within this, or its properties are missing. */
const BUS_TIMEOUT_MS = 1000;

/** Begins to follow the kernel's log; all else is read when it is asked for. */
export function openRemediatorReaders(options: RemediatorReadersOptions): RemediatorReaders {
  const { exporter, journalctl = ['journalctl'], log } = options;
  const files = createSlowFiles(createGate(PLACES));
  const look = createGpuLook({ nvidia: exporter.gpu.nvidia, sysfs: exporter.sysfs, files });
  // A GPU that has left the bus is missed only by who has seen it before.
  void look.pci().catch(() => undefined);
  const processUnits = createProcessUnits({ procfs: exporter.procfs, clock: systemClock });
  const gpuProcesses = createGpuProcesses(look, (pid) => processUnits.unitOf(pid));
  const unitOfPid = (pid: number) => {
    const found = processUnits.unitOf(pid);
    return found === undefined ? undefined : { unit: found.unit, user: found.user };
  };
  const watch = startXidWatch({ openKmsg, journalctl, unitOfPid, clock: systemClock, log });
  const probes = createProbeDeps(exporter.procfs);
  return {
    circumstances: circumstancesOf(options, { files, look, watch, probes }),
    evidence: evidenceFrom(options, journalctl, gpuProcesses, watch),
    witnesses: {
      probe: (name, signal) =>
        createProbeQuestion(
          options.probes(),
          (plan, own) => createProbe(plan, probes).ask(own),
          signal,
        )(name),
      gpuProcessesOf: gpuProcesses.of,
      gpuProcesses: gpuProcesses.all,
    },
    async stop() {
      await Promise.all([watch.stop(), look.stop(), probes.commandRuns.stop()]);
    },
  };
}

interface Parts {
  readonly files: SlowFiles;
  readonly look: GpuLook;
  readonly watch: XidWatch;
  readonly probes: ReturnType<typeof createProbeDeps>;
}

function circumstancesOf(
  { exporter, settings, probes: plans, pauseFile }: RemediatorReadersOptions,
  { files, look, watch, probes }: Parts,
): ReadCircumstances {
  const { sysfs, procfs } = exporter;
  return createCircumstances({
    pause: () => readPause(pauseFile, systemClock.now()),
    secondsSinceBoot: () => readSecondsSinceBoot(procfs),
    packagesChangedAt: () => readPackagesChangedAt(),
    alertState() {
      const { alertmanager } = settings();
      return alertmanager && ((alert, signal) => readAlertState(alertmanager, alert, probes, signal));
    },
    alertTimeoutMs: () => (settings().alertmanager?.timeoutSeconds ?? 0) * 1000,
    gates: () => settings().gates,
    gpu: () => createGpuQuestion(look, watch),
    hottestZone: createHottestZoneReader(sysfs, files, systemClock.elapsedMs),
    memoryAvailable: () => readMemoryAvailable(procfs),
    probes: plans,
    askProbe: (plan, signal) => createProbe(plan, probes).ask(signal),
  });
}

function evidenceFrom(
  { busAddress, cgroups = '/sys/fs/cgroup' }: RemediatorReadersOptions,
  journalctl: Journalctl,
  gpuProcesses: GpuProcesses,
  log: XidWatch,
): CreateEvidence {
  return createEvidence({
    now: () => systemClock.now(),
    properties: (unit, signal) => propertiesOf(busAddress, unit, signal),
    cgroup: (controlGroup) => readUnitCgroup(cgroups, controlGroup),
    gpuProcesses: (unit) => gpuProcesses.recentOf(unit),
    journal: (unit, lines, signal) => readUnitJournal(journalctl, unit, lines, signal),
    log,
  });
}

/** Over a connection of its own: what the manager is about to do must not wait behind it. */
async function propertiesOf(address: string, unit: string, signal: AbortSignal): Promise<UnitProperties> {
  const bus = await connectBus({ address, timeoutMs: BUS_TIMEOUT_MS });
  try {
    return await readUnitProperties(bus, unit, signal);
  } finally {
    bus.close();
  }
}
