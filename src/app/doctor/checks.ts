import { messageOf } from '../../domain/errors.ts';
import { fileAccess } from '../../host/files/file-access.ts';
import { openKmsg } from '../../host/kmsg.ts';
import { createProgram } from '../../host/programs/program.ts';
import { watchProblem } from '../../host/watch-probe.ts';
import { journalStateFile } from '../journal-sources.ts';
import { cgroupVerdict, readCgroupMounts } from './cgroups.ts';
import { clockVerdict } from './clock.ts';
import { type DoctorOptions, type Evidence, readClock } from './evidence.ts';
import type { Check } from './examine.ts';
import { gpuVerdict, type TellGpuProblems } from './gpus.ts';
import { inotifyVerdict, readInotifyLimits } from './inotify.ts';
import { journalStateVerdict } from './journal-state.ts';
import { ledgerVerdict, readLedgerEvidence, roomVerdict } from './ledger.ts';
import { listenerVerdict } from './listeners.ts';
import { journalVerdict, kernelLogVerdict, tryJournal, tryKmsg } from './logs.ts';
import { nodeVerdict } from './node.ts';
import { findPolkitRules, polkitVerdict } from './polkit.ts';
import { readTokenEvidence, tokenVerdict } from './secrets.ts';
import { countSensors, sensorVerdict } from './sensors.ts';
import { privateSocketVerdict, readSystemd, systemdVerdict } from './systemd.ts';

/** Where cgroups and systemd's own socket are. */
export const CGROUP_ROOT = '/sys/fs/cgroup';
const PRIVATE_SOCKET = 'unix:path=/run/systemd/private';

/** nvidia-smi has 10 s, and some to end; with eight GPUs and no persistence mode it needs most of them. */
const GPU_LIMIT_MS = 20_000;

const JOURNAL_LIMITS = { timeoutMs: 2000, killAfterMs: 200, capBytes: 1024 * 1024 };

/** The checks that make sense on this platform, in the order in which they are told. */
export function doctorChecks(
  options: DoctorOptions,
  evidence: Evidence,
  tellGpuProblems: TellGpuProblems,
): readonly Check[] {
  const everywhere = [
    { name: 'node', run: () => nodeVerdict(options.nodeVersion) },
    ...listenerChecks(options, evidence),
    ...fileChecks(options, evidence),
  ];
  if (options.platform !== 'linux') return everywhere;
  return [
    ...everywhere,
    ...systemdChecks(options, evidence),
    ...kernelChecks(options, evidence),
    {
      name: 'gpus',
      limitMs: GPU_LIMIT_MS,
      run: async () => {
        const reading = await evidence.gpus;
        return reading && gpuVerdict(reading, tellGpuProblems);
      },
    },
  ];
}

function listenerChecks({ config }: DoctorOptions, { ports }: Evidence): readonly Check[] {
  return (['exporter', 'remediator'] as const).map((half) => ({
    name: `${half}-port`,
    run: async () => listenerVerdict(config[half].listen, `${half}.listen`, await ports[half]),
  }));
}

function fileChecks(
  { config, defaultLedger, isRoot }: DoctorOptions,
  { files, ports }: Evidence,
): readonly Check[] {
  const { ledger = defaultLedger, tokenFile, policySet } = config.remediator;
  const enforces = policySet.policies.some(({ mode }) => mode === 'enforce');
  return [
    {
      name: 'ledger',
      run: async () => {
        const found = await readLedgerEvidence(ledger);
        const { kind } = await ports.remediator;
        return ledgerVerdict(found, kind === 'fettle' || kind === 'guarded');
      },
    },
    {
      name: 'ledger-room',
      run: async () => {
        const { folder } = await fileAccess(ledger);
        return roomVerdict(folder, await files.sizes(folder));
      },
    },
    {
      name: 'token-file',
      run: async () =>
        tokenFile === undefined ? undefined : tokenVerdict(tokenFile, await readTokenEvidence(tokenFile)),
    },
    {
      name: 'polkit',
      run: async () => (enforces && !isRoot ? polkitVerdict(await findPolkitRules(files)) : undefined),
    },
  ];
}

function systemdChecks(options: DoctorOptions, { files, systemd }: Evidence): readonly Check[] {
  const { privateSocket, systemd: isSystemdWanted } = options.config.exporter;
  return [
    {
      name: 'systemd',
      run: async () => (isSystemdWanted === false ? undefined : systemdVerdict(await systemd)),
    },
    {
      name: 'systemd-socket',
      run: async () => (privateSocket ? privateSocketVerdict(await privateSocketProblem()) : undefined),
    },
    {
      name: 'cgroups',
      run: async () => {
        const found = await systemd;
        const controlGroup = 'state' in found ? found.state.controlGroup : undefined;
        return cgroupVerdict(readCgroupMounts(CGROUP_ROOT, controlGroup));
      },
    },
    { name: 'clock', run: async (signal) => clockVerdict(await readClock(options, files, signal)) },
  ];
}

async function privateSocketProblem(): Promise<string | undefined> {
  try {
    await readSystemd({ address: PRIVATE_SOCKET, peer: true });
    return undefined;
  } catch (thrown) {
    return messageOf(thrown);
  }
}

function kernelChecks({ config, stateFolder }: DoctorOptions, { files }: Evidence): readonly Check[] {
  const { kernelLog, journal, sysfs, procfs } = config.exporter;
  const journalctl = createProgram('journalctl', JOURNAL_LIMITS);
  return [
    {
      name: 'kernel-log',
      run: async (signal) => {
        if (!kernelLog) return undefined;
        const kmsg = tryKmsg(openKmsg);
        const journal =
          kmsg.problem === undefined ? undefined : await tryJournal(journalctl, 'kernel', signal);
        return kernelLogVerdict(kmsg, journal);
      },
    },
    {
      name: 'journal',
      run: async (signal) => journalVerdict(await tryJournal(journalctl, 'system', signal)),
    },
    {
      name: 'journal-state',
      run: async () => {
        if (journal === undefined) return undefined;
        const path = journalStateFile(stateFolder);
        const access = await fileAccess(path);
        return journalStateVerdict(path, access, await files.sizes(access.folder));
      },
    },
    {
      name: 'inotify',
      run: () => inotifyVerdict({ ...readInotifyLimits(procfs), problem: watchProblem() }),
    },
    { name: 'sensors', run: async () => sensorVerdict(await countSensors(sysfs, files)) },
  ];
}
