import { type GpusOptions, type OpenGpus, openGpus } from '../app/gpus.ts';
import { messageOf } from '../domain/errors.ts';
import { systemClock } from '../host/clock.ts';
import type { Command } from './arguments.ts';
import { EXIT } from './exit.ts';
import { gpuColumns } from './gpu/gpu-columns.ts';
import { gpusJson } from './gpu/json.ts';
import { gpuProblems, isAllRead } from './gpu/problems.ts';
import { gpuRows } from './gpu/view.ts';
import { createJsonView, createTableView } from './gpu/watch.ts';
import { tableLines } from './table/table.ts';
import { hasColours, outputScreen, outputWidth, stopSignal, tell, tellProblems } from './terminal.ts';
import { INTERVAL_PROBLEM, parseInterval } from './watch/interval.ts';
import { watch } from './watch/watch.ts';

type GpuCommand = Extract<Command, { kind: 'gpu' }>;

/** Shows GPUs once, or until it is told to stop; gives the exit code. */
export async function gpu(command: GpuCommand): Promise<number> {
  const seconds = await parseInterval(command.interval);
  if (seconds === undefined) {
    tell(INTERVAL_PROBLEM);
    return EXIT.usage;
  }
  const options = await gpusOptions(command.configFile);
  if ('problems' in options) {
    tellProblems(options.problems);
    return EXIT.usage;
  }
  // Also for a single look: nvidia-smi runs in a group of its own, which no Ctrl-C reaches.
  const stop = stopSignal();
  const source = await openGpus(options);
  stop.addEventListener('abort', () => void source.stop(), { once: true });
  try {
    if (!command.watch) return await showOnce(source, command.json, stop);
    await watchGpus(source, { json: command.json, seconds, stop });
    return EXIT.ok;
  } finally {
    await source.stop();
  }
}

/** What fettle does without a configuration; test/cli/gpu.program.test.ts holds it to what the configuration says. */
export const USUAL: GpusOptions = { nvidia: {}, sysfs: '/sys', procfs: '/proc', kernelLog: true };

async function gpusOptions(
  file: string | undefined,
): Promise<GpusOptions | { readonly problems: readonly string[] }> {
  // Only where there is one: its libraries take as long to load as all the rest of this command.
  if (file === undefined) return USUAL;
  const { readConfig } = await import('./check.ts');
  try {
    const read = await readConfig(file);
    if (!read.ok) return read;
    const { gpu: wanted, sysfs, procfs, kernelLog } = read.config.exporter;
    const { nvidia } = wanted;
    return { nvidia: nvidia && { path: nvidia.path, reader: nvidia.reader }, sysfs, procfs, kernelLog };
  } catch (thrown) {
    return { problems: [messageOf(thrown)] };
  }
}

async function showOnce(source: OpenGpus, json: boolean, stop: AbortSignal): Promise<number> {
  const reading = await source.read();
  if (stop.aborted) return EXIT.failure;
  const { gpus } = reading;
  if (json) process.stdout.write(`${gpusJson(gpus)}\n`);
  else if (gpus.length > 0) {
    const style = { width: outputWidth(), colours: hasColours() };
    const lines = tableLines(gpuColumns(Date.now() / 1000), gpuRows(gpus), style);
    process.stdout.write(`${lines.join('\n')}\n`);
  }
  const problems = gpuProblems(reading);
  for (const problem of problems) tell(problem);
  return problems.length === 0 && isAllRead(reading) ? EXIT.ok : EXIT.failure;
}

interface WatchWishes {
  readonly json: boolean;
  readonly seconds: number;
  readonly stop: AbortSignal;
}

async function watchGpus(source: OpenGpus, { json, seconds, stop }: WatchWishes): Promise<void> {
  const screen = json ? undefined : outputScreen();
  const look = { colours: hasColours(), hint: `every ${seconds} s, Ctrl-C ends` };
  const show =
    screen === undefined
      ? createJsonView((line) => process.stdout.write(`${line}\n`), tell)
      : createTableView(look, screen, systemClock);
  try {
    await watch({ read: source.read, show, intervalMs: seconds * 1000, clock: systemClock, stop });
  } finally {
    screen?.close();
  }
}
