import { readKernelFile } from '../files/files.ts';

/** One process, as its `/proc/PID/stat` tells it. */
export interface ProcessStat {
  readonly pid: number;
  readonly parent: number;
  /** The process that began its session, which may have ended; 0 if that is outside of what can be seen. */
  readonly session: number;
  /** Clock ticks since boot. With the pid it names a process for good, since pids are used again. */
  readonly startTicks: number;
  /** CPU time of its own and of those of its children that have ended and that it has waited for. */
  readonly cpuSeconds: number;
  /** Whether it is one of the kernel's own, which write no files. */
  readonly isKernelThread: boolean;
}

/** `USER_HZ`, in which the kernel tells times to programs: 100 on all of Linux's architectures but Alpha. */
export const TICKS_PER_SECOND = 100;

/**
 * A process from the text of its `stat`; undefined if that is no such text, or if it has ended and only waits to be
 * collected (a zombie).
 *
 * The name of the program, in parentheses, may hold anything, more parentheses too. Source: proc_pid_stat(5).
 */
export function parseProcessStat(text: string): ProcessStat | undefined {
  const pid = Number.parseInt(text, 10);
  const [state = '', ...rest] = text.slice(text.lastIndexOf(')') + 2).split(' ');
  const field = (number: number) => Number(rest[number - 4]);
  const startTicks = field(22);
  if (state === 'Z' || state === 'X' || !Number.isSafeInteger(pid) || !Number.isFinite(startTicks))
    return undefined;
  const ticks = field(14) + field(15) + field(16) + field(17);
  return {
    pid,
    parent: field(4),
    session: field(6),
    startTicks,
    cpuSeconds: ticks / TICKS_PER_SECOND,
    isKernelThread: (field(9) & KERNEL_THREAD) !== 0,
  };
}

/** `PF_KTHREAD` of the kernel's include/linux/sched.h. */
const KERNEL_THREAD = 0x0020_0000;

/** A process that runs; undefined if there is none of that pid, or if it may not be looked at. */
export function readProcessStat(procfs: string, pid: number): ProcessStat | undefined {
  try {
    return parseProcessStat(readKernelFile(`${procfs}/${pid}/stat`) ?? '');
  } catch {
    return undefined;
  }
}

/** Unix seconds at which the machine was booted, by the wall clock of now; undefined where there is no procfs. */
export function readBootSeconds(procfs: string): number | undefined {
  const seconds = /^btime (\d+)$/m.exec(readKernelFile(`${procfs}/stat`) ?? '')?.[1];
  return seconds === undefined ? undefined : Number(seconds);
}
