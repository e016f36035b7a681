import type { Clock } from '../../domain/clock.ts';
import { messageOf } from '../../domain/errors.ts';
import type { GpuReading } from '../../domain/gpu.ts';
import type { CollectedGpus } from '../../domain/gpu-collection.ts';
import type { Log } from '../../domain/log.ts';
import type { SendSignal } from '../../host/programs/child-process.ts';
import type { SlowFiles } from '../../host/slow/slow-files.ts';
import { createAttempts, type Request } from './attempt.ts';
import type { NvidiaBackend } from './backend.ts';
import { createBoard } from './board.ts';
import { createNvidiaDeviceReader } from './devices.ts';
import { createNumbering, type Numbering } from './numbering.ts';
import { createPackageBackend } from './package-backend.ts';
import { planOf } from './plan.ts';
import { startRun } from './run.ts';
import { startSleepWatch } from './sleep-watch.ts';
import { createSmiBackend } from './smi-backend.ts';
import { nothingCollected, whileAsleep, whileStuck } from './state.ts';

/** How NVIDIA GPUs are read; what is not given has the value in brackets. */
export interface NvidiaReaderOptions {
  /** Of nvidia-smi: with its folder, or to be found on PATH (`nvidia-smi`). */
  readonly path?: string;
  /** Whether to run nvidia-smi, or the npm package node-nvidia-smi that runs it (`nvidia-smi`). */
  readonly reader?: 'nvidia-smi' | 'node-nvidia-smi';
  /**
   * Whether nvidia-smi is started for each reading, or goes on and prints one after the other (`spawn`).
   *
   * A stream keeps the driver loaded and the GPU in use: it cannot be reset. The package knows no stream: it is
   * started for each reading.
   */
  readonly mode?: 'spawn' | 'stream';
  /** From the start of one reading to the start of the next (15 s). */
  readonly intervalMs?: number;
  /** Longest time between two attempts while they fail (60 s), if it is more than `intervalMs`. */
  readonly backOffMs?: number;
  /** How long to wait for a reading (10 s); in stream mode beyond the interval. */
  readonly timeoutMs?: number;
  /** From SIGTERM to SIGKILL, and from there until a process counts as stuck (2 s). */
  readonly killAfterMs?: number;
  /** Output of one reading beyond which nvidia-smi is stopped (32 MiB). */
  readonly capBytes?: number;
  /** Where sysfs is mounted (`/sys`). */
  readonly sysfs?: string;
  /** How sysfs is read, which hangs where a device does. */
  readonly files: SlowFiles;
  /** How GPUs are numbered (anew). */
  readonly numbering?: Numbering;
  /** Environment of nvidia-smi (that of fettle). */
  readonly env?: Readonly<Record<string, string | undefined>>;
  readonly clock: Clock;
  readonly log: Log;
  /** Called with the GPUs whenever they have been read, or are left out (nobody). */
  readonly onGpus?: (gpus: readonly GpuReading[]) => void;
  /** How process groups are ended (by the kernel). */
  readonly sendSignal?: SendSignal;
}

/** Reads NVIDIA GPUs in the background. */
export interface NvidiaReader {
  /** The last readings; waits for nothing, and is the same object until there are others. */
  read(): CollectedGpus;
  /** Resolves once the first attempt has had its result. */
  readonly first: Promise<void>;
  /** Ends the program and all attempts; resolves when that is done, or when its time is up. */
  stop(): Promise<void>;
}

type Optional = 'sendSignal' | 'numbering' | 'onGpus';
type Settings = Required<Omit<NvidiaReaderOptions, Optional>> & Pick<NvidiaReaderOptions, Optional>;

const DEFAULTS = {
  path: 'nvidia-smi',
  reader: 'nvidia-smi',
  mode: 'spawn',
  intervalMs: 15_000,
  backOffMs: 60_000,
  timeoutMs: 10_000,
  killAfterMs: 2000,
  capBytes: 32 * 1024 * 1024,
  sysfs: '/sys',
} as const;

/**
 * Starts to read at once, and goes on until it is stopped.
 *
 * At most one child is there at any time. GPUs that sleep are not woken: the others are asked for by their addresses,
 * and not by a stream, which would hold on to all. Where there is no NVIDIA GPU nothing is said. What was found is
 * left out once the next should long have come. Throws if the package is asked for and not installed.
 */
export function startNvidiaReader(options: NvidiaReaderOptions): NvidiaReader {
  const settings: Settings = { ...DEFAULTS, env: process.env, ...options };
  const { clock, intervalMs, backOffMs, timeoutMs, killAfterMs, log } = settings;
  const mayStream = settings.mode === 'stream' && settings.reader === 'nvidia-smi';
  const board = createBoard({
    first: nothingCollected(createBackend(settings, { isStream: false, only: undefined }).name),
    limitMs: intervalMs + timeoutMs + 2 * killAfterMs,
    elapsedMs: clock.elapsedMs,
    log,
    onGpus: settings.onGpus,
  });
  const readDevices = createNvidiaDeviceReader(settings.sysfs, settings.files);
  const ending = new AbortController();
  const attempts = createAttempts({
    start(request, onReading) {
      const { isStream } = request;
      const backend = createBackend(settings, request);
      const limits = limitsOf(settings, isStream);
      return startRun(backend, limits, isStream ? tellFirst(onReading) : onReading, settings.sendSignal);
    },
    numbering: settings.numbering ?? createNumbering(),
    board,
    clock,
    log,
  });

  /** Gives how many passes have failed by now, one after the other. */
  async function pass(failures: number): Promise<number> {
    if (attempts.isStuck()) {
      board.update(whileStuck);
      return failures + 1;
    }
    const plan = planOf(await readDevices());
    if (ending.signal.aborted) return failures;
    if (plan.kind === 'rest') {
      board.update(whileAsleep);
      return 0;
    }
    const isStream = mayStream && plan.only === undefined;
    const watch = isStream
      ? startSleepWatch({ ...settings, readDevices, onSleep: attempts.stop })
      : undefined;
    const { hadReading, ok } = await attempts.make({ ...plan, isStream });
    watch?.stop();
    if (ok) return 0;
    return hadReading ? 1 : failures + 1;
  }

  async function passSafely(failures: number): Promise<number> {
    try {
      return await pass(failures);
    } catch (thrown) {
      log.error({ err: messageOf(thrown) }, 'reading NVIDIA GPUs went wrong');
      return failures + 1;
    }
  }

  async function loop(): Promise<void> {
    let failures = 0;
    while (!ending.signal.aborted) {
      const since = clock.elapsedMs();
      failures = await passSafely(failures);
      first.resolve();
      const rest = Math.max(0, intervalMs - (clock.elapsedMs() - since));
      const patience = Math.max(intervalMs, Math.min(backOffMs, intervalMs * 2 ** failures));
      await clock.sleep(failures === 0 ? rest : patience, ending.signal).catch(() => undefined);
    }
  }

  /** A stream has its first result long before it ends. */
  function tellFirst<T>(onReading: (reading: T) => void): (reading: T) => void {
    return (reading) => {
      onReading(reading);
      first.resolve();
    };
  }

  const first = deferred();
  const done = loop();
  return {
    read: board.read,
    first: first.promise,
    stop() {
      ending.abort();
      attempts.stop();
      return done;
    },
  };
}

function createBackend(
  settings: Settings,
  { isStream, only }: Pick<Request, 'isStream' | 'only'>,
): NvidiaBackend {
  const { path, env, reader, intervalMs } = settings;
  if (reader === 'node-nvidia-smi') return createPackageBackend({ path, env, only });
  const everySeconds = isStream ? Math.max(1, Math.round(intervalMs / 1000)) : undefined;
  return createSmiBackend({ path, env, only, everySeconds });
}

/** A stream is silent for the interval before each reading. */
function limitsOf({ timeoutMs, intervalMs, killAfterMs, capBytes }: Settings, isStream: boolean) {
  return { timeoutMs: isStream ? intervalMs + timeoutMs : timeoutMs, killAfterMs, capBytes };
}

function deferred(): { readonly promise: Promise<void>; readonly resolve: () => void } {
  let resolve = (): void => undefined;
  const promise = new Promise<void>((settle) => {
    resolve = settle;
  });
  return { promise, resolve };
}
