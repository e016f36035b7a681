import type { Config } from '../../config/config.ts';
import { messageOf } from '../../domain/errors.ts';
import { createGate } from '../../domain/gate.ts';
import { connectBus } from '../../host/bus.ts';
import { isFolder, readKernelFile } from '../../host/files/files.ts';
import { type PortOwner, portOwner } from '../../host/net/port-probe.ts';
import type { ChildCommand } from '../../host/programs/child-process.ts';
import { createSlowFiles, type SlowFiles } from '../../host/slow/slow-files.ts';
import { isClockSynchronised } from '../../host/systemd/timedate1.ts';
import { createMachineReader } from '../../sources/machine/source.ts';
import { type GpusReading, openGpus } from '../gpus.ts';
import type { ClockEvidence } from './clock.ts';
import { readSystemd, type SystemdEvidence } from './systemd.ts';

/** Which box is examined, and with which configuration. */
export interface DoctorOptions {
  readonly platform: NodeJS.Platform;
  readonly nodeVersion: string;
  /** Whether this user is root. */
  readonly isRoot: boolean;
  readonly config: Config;
  readonly busAddress: string;
  /** Where the ledger is if the configuration does not say. */
  readonly defaultLedger: string;
  /** Where this user's programs keep what must last. */
  readonly stateFolder: string;
  /** Prints the inventory as JSON. */
  readonly inventory: ChildCommand;
  /** Calls all of it off. */
  readonly signal: AbortSignal;
}

/** What several checks and the description of the machine need, each asked for once and at once. */
export interface Evidence {
  readonly files: SlowFiles;
  /** None of these rejects but that of GPUs. */
  readonly systemd: Promise<SystemdEvidence>;
  readonly gpus: Promise<GpusReading | undefined>;
  /** Asked for once: whoever asks takes the port for a moment. */
  readonly ports: Readonly<Record<'exporter' | 'remediator', Promise<PortOwner>>>;
}

/** Of the four threads of Node's pool, those that may hang in the kernel. */
const PLACES = 2;

/** HTTP and HTTPS are tried, one after the other. */
const ASK_LIMIT_MS = 2000;

/** Where systemd shows that it has booted the machine. */
const BOOTED = '/run/systemd/system';

/** Where systemd-timesyncd says that it has set the clock. */
const TIME_SET = '/run/systemd/timesync/synchronized';

/** Starts to find out what is needed more than once. */
export function gatherEvidence(options: DoctorOptions): Evidence {
  const gpus = options.platform === 'linux' ? lookAtGpus(options) : Promise.resolve(undefined);
  // Whoever waits for it tells of it.
  gpus.catch(() => undefined);
  const { exporter, remediator } = options.config;
  const ports = {
    exporter: portOwner(exporter.listen, ASK_LIMIT_MS),
    remediator: portOwner(remediator.listen, ASK_LIMIT_MS),
  };
  return { files: createSlowFiles(createGate(PLACES)), systemd: askSystemd(options), gpus, ports };
}

async function askSystemd({ busAddress }: DoctorOptions): Promise<SystemdEvidence> {
  try {
    return { state: await readSystemd({ address: busAddress }) };
  } catch (thrown) {
    return { problem: messageOf(thrown), isBooted: isFolder(BOOTED) };
  }
}

async function lookAtGpus({ config, signal }: DoctorOptions): Promise<GpusReading> {
  const { gpu, sysfs, procfs, kernelLog } = config.exporter;
  const nvidia = gpu.nvidia && { path: gpu.nvidia.path, reader: gpu.nvidia.reader };
  const source = await openGpus({ nvidia, sysfs, procfs, kernelLog });
  // nvidia-smi runs in a group of its own, which no Ctrl-C reaches.
  signal.addEventListener('abort', () => void source.stop(), { once: true });
  try {
    return await source.read();
  } finally {
    await source.stop();
  }
}

/** Whether the clock is synchronised: by systemd-timedated, else by what systemd-timesyncd leaves behind. */
export async function readClock(
  { busAddress }: DoctorOptions,
  files: SlowFiles,
  signal: AbortSignal,
): Promise<ClockEvidence> {
  try {
    const bus = await connectBus({ address: busAddress, timeoutMs: ANSWER_LIMIT_MS });
    try {
      return { synchronised: await isClockSynchronised(bus, signal) };
    } finally {
      bus.close();
    }
  } catch (thrown) {
    const isSet = 'value' in (await files.readText(TIME_SET));
    return isSet ? { synchronised: true } : { problem: messageOf(thrown) };
  }
}

const ANSWER_LIMIT_MS = 4000;

/** What the exporter would tell of the machine, without what a configuration has switched off. */
export function readMachine({ config }: DoctorOptions, files: SlowFiles) {
  const { procfs, sysfs, machine } = config.exporter;
  const read = createMachineReader({
    procfs,
    sysfs,
    run: '/run',
    files,
    remoteFileSystems: machine?.remoteFileSystems ?? true,
    wantsMountpoint: machine?.wantsMountpoint ?? (() => true),
    wantsNetworkDevice: () => false,
  });
  return read();
}

/** The name of the first process. */
export function initName(procfs: string): string {
  try {
    return readKernelFile(`${procfs}/1/comm`)?.trim() ?? '';
  } catch {
    return '';
  }
}
