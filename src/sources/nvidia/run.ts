import type { GpuFailureReason } from '../../domain/gpu-collection.ts';
import { yieldTurn } from '../../host/clock.ts';
import {
  type ChildEnd,
  type ChildLimits,
  type SendSignal,
  startChild,
} from '../../host/programs/child-process.ts';
import type { BackendOutput, NvidiaBackend } from './backend.ts';
import { lostByLines } from './lost.ts';
import type { NvidiaSmiReading } from './parse.ts';

/** Why a run has given no reading. */
export interface RunFailure {
  readonly reason: GpuFailureReason;
  /** For people: what happened, and what to do. */
  readonly problem: string;
}

/** How one run of the program has ended. */
export interface RunEnd {
  /** What it was for when it was called off, and when it gave a reading at its end. */
  readonly failure: RunFailure;
  /** Whether it was called off. */
  readonly calledOff: boolean;
  /** Undefined if it did not end by itself. */
  readonly exitCode: number | undefined;
  /** PCI addresses of GPUs that it could not reach. */
  readonly lost: readonly string[];
  /** Whether not even SIGKILL has ended it. */
  readonly stuck: boolean;
}

/** A run under way. */
export interface Run {
  readonly ended: Promise<RunEnd>;
  /** Resolves once its process is no more. */
  readonly gone: Promise<void>;
  /** It has done what it should: its limits start anew. */
  progress(): void;
  stop(): void;
}

/** So much is parsed at once: 0.1 ms of work, and some 5 ms the first time, when nothing is compiled yet. */
const SLICE = 2 * 1024;

/** Runs the program of a backend once; readings are handed on as they come. */
export function startRun(
  backend: NvidiaBackend,
  limits: ChildLimits,
  onReading: (reading: NvidiaSmiReading) => void,
  sendSignal?: SendSignal,
): Run {
  /** Undefined before the first document. */
  let last: NvidiaSmiReading | Error | undefined;
  const output = backend.createOutput((reading) => {
    last = reading;
    if (!(reading instanceof Error)) onReading(reading);
  });
  const decoder = new TextDecoder();
  const child = startChild(
    backend.command,
    limits,
    (part) => writeInSlices(output, decoder.decode(part, { stream: true })),
    sendSignal,
  );

  async function end(): Promise<RunEnd> {
    const ended = await child.ended;
    output.end();
    const exitCode = output.innerExitCode() ?? ended.exitCode;
    const said = `${ended.stderr}\n${output.rest()}`;
    return {
      failure: failureOf(backend.name, limits, { ...ended, exitCode }, said, last),
      calledOff: ended.stopped === 'caller',
      exitCode,
      lost: lostByLines(said),
      stuck: ended.stuck,
    };
  }

  return { ended: end(), gone: child.gone, progress: child.progress, stop: child.stop };
}

async function writeInSlices(output: BackendOutput, text: string): Promise<void> {
  for (let start = 0; start < text.length; start += SLICE) {
    if (start > 0) await yieldTurn();
    output.write(text.slice(start, start + SLICE));
  }
}

/** The exit code of a shell that did not find the program. */
const NOT_FOUND = 127;

function failureOf(
  name: string,
  { timeoutMs, capBytes }: ChildLimits,
  { notStarted, stopped, exitCode }: ChildEnd,
  said: string,
  last: NvidiaSmiReading | Error | undefined,
): RunFailure {
  const words = firstLine(said) ?? 'it said nothing';
  if (notStarted !== undefined || exitCode === NOT_FOUND) {
    const why = notStarted?.message ?? words;
    return failure('missing', `${name} could not be started: ${why}; it comes with the driver`);
  }
  const broken = last instanceof Error ? last.message : undefined;
  if (stopped === 'timeout' && broken === undefined) {
    const limit = `${timeoutMs / 1000} s`;
    return failure('timeout', `${name} did not answer within ${limit}; the driver may be wedged, see dmesg`);
  }
  if (stopped === 'cap') {
    return failure(
      'parse',
      `${name} wrote more than ${capBytes / 1024 / 1024} MiB; run it by hand to see what`,
    );
  }
  if (stopped === 'timeout' || (exitCode === 0 && (last === undefined || broken !== undefined))) {
    const why = broken ?? 'there is no document';
    return failure('parse', `${name} wrote what cannot be understood: ${why}; run it by hand to see what`);
  }
  const how = exitCode === undefined ? 'was killed' : `ended with exit code ${exitCode}`;
  return failure('exit', `${name} ${how}: ${words}; run it by hand, and see dmesg`);
}

function failure(reason: GpuFailureReason, problem: string): RunFailure {
  return { reason, problem };
}

function firstLine(text: string): string | undefined {
  return text
    .split('\n')
    .map((line) => line.trim().slice(0, 200))
    .find((line) => line !== '');
}
