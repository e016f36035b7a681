import type { ProcessStat } from '../../host/processes/process-stat.ts';

/**
 * The processes of a daemon: its own, all that these have started, and what has lost its parent but not its session.
 *
 * A session counts only if the process that began it has ended, as that of a daemon which has forked twice, or is the
 * daemon's: one that was started from a shell shares a session with all that the shell has started.
 */
export function daemonTree(main: ProcessStat, all: ReadonlyMap<number, ProcessStat>): readonly ProcessStat[] {
  const children = new Map<number, ProcessStat[]>();
  for (const process of all.values()) {
    const siblings = children.get(process.parent);
    if (siblings === undefined) children.set(process.parent, [process]);
    else siblings.push(process);
  }
  const tree = new Map<number, ProcessStat>();
  const add = (process: ProcessStat) => {
    const waiting = [process];
    for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
      if (tree.has(next.pid)) continue;
      tree.set(next.pid, next);
      waiting.push(...(children.get(next.pid) ?? []));
    }
  };
  add(main);
  const { session } = main;
  const leader = all.get(session);
  if (session > 0 && (leader === undefined || tree.has(session))) {
    for (const process of all.values()) if (process.session === session) add(process);
  }
  return [...tree.values()];
}
