/**
 * When a process was started, in clock ticks since boot, from the text of its `/proc/PID/stat`; undefined if that is
 * no such text, or if the process has ended and only waits to be collected (a zombie).
 *
 * With the pid it names a process for good: pids are used again. The name of the program, in parentheses, may hold
 * anything, more parentheses too. Source: proc_pid_stat(5), fields 3 and 22.
 */
export function parseStartTime(text: string): number | undefined {
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
  const [state] = fields;
  const startTime = fields[19];
  if (state === undefined || startTime === undefined || !/^\d+$/.test(startTime)) return undefined;
  return state === 'Z' || state === 'X' ? undefined : Number(startTime);
}
