import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { commandName } from '../lab/processes.ts';

/** CPU time of a process since its start, by two counters of the kernel. */
export interface CpuTime {
  /** Time on a CPU of the threads that live, in ns: exact, but a thread that ends takes its count with it. */
  readonly scheduledMs: number;
  /** User and system time of all threads there ever were, in ticks of 10 ms. */
  readonly tickedMs: number;
}

/** Resident memory in bytes. */
export interface Memory {
  readonly residentBytes: number;
  readonly peakBytes: number;
}

/** CPU time of these processes together. */
export function cpuTime(pids: readonly number[]): CpuTime {
  const sum = (of: (pid: number) => number): number => pids.reduce((total, pid) => total + of(pid), 0);
  return { scheduledMs: sum(scheduledMs), tickedMs: sum(tickedMs) };
}

/** What was used from `begin` to `end`. */
export function cpuBetween(begin: CpuTime, end: CpuTime): CpuTime {
  return {
    scheduledMs: end.scheduledMs - begin.scheduledMs,
    tickedMs: end.tickedMs - begin.tickedMs,
  };
}

/** Resident memory of a process now, and the most that it ever had. */
export function memoryOf(pid: number): Memory {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  const bytes = (key: string): number =>
    Number(new RegExp(`^${key}:\\s*(\\d+) kB$`, 'm').exec(status)?.[1]) * 1024;
  return { residentBytes: bytes('VmRSS'), peakBytes: bytes('VmHWM') };
}

/** The process of this name in the pid namespace of `labPid`, as the host sees it. */
export function processInLab(labPid: number, name: string): number {
  const namespace = readlinkSync(`/proc/${labPid}/ns/pid`);
  const found = readdirSync('/proc')
    .filter((entry) => /^\d+$/.test(entry))
    .map(Number)
    .find((pid) => commandName(pid) === name && namespaceOf(pid) === namespace);
  if (found === undefined) throw new Error(`there is no process ${name} in the lab`);
  return found;
}

function scheduledMs(pid: number): number {
  return readdirSync(`/proc/${pid}/task`)
    .map((thread) => firstNumber(`/proc/${pid}/task/${thread}/schedstat`) / 1e6)
    .reduce((total, ms) => total + ms, 0);
}

function firstNumber(file: string): number {
  try {
    return Number(readFileSync(file, 'utf8').split(' ')[0]);
  } catch {
    return 0; // the thread has just ended
  }
}

/** USER_HZ is 100 on every Linux that Node runs on. */
const TICK_MS = 10;

function tickedMs(pid: number): number {
  const line = readFileSync(`/proc/${pid}/stat`, 'utf8');
  const fields = line.slice(line.lastIndexOf(') ') + 2).split(' ');
  return (Number(fields[11]) + Number(fields[12])) * TICK_MS;
}

function namespaceOf(pid: number): string | undefined {
  try {
    return readlinkSync(`/proc/${pid}/ns/pid`);
  } catch {
    return undefined; // it has just exited
  }
}
