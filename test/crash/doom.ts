import { appendFileSync } from 'node:fs';
import type { ServiceManager } from '../../src/domain/repair.ts';
import type { Bus } from '../../src/host/bus.ts';
import type { AppendLog } from '../../src/host/files/append-log.ts';
import type { KeepOptions } from '../../src/remediator/keep.ts';
import type { Death } from './points.ts';

/** Ports of the remediator that are as they were, until the process kills itself. */
export interface Doom {
  log(log: AppendLog, path: string): AppendLog;
  evidence(take: KeepOptions['evidence']): KeepOptions['evidence'];
  bus(bus: Bus): Bus;
  manager(manager: ServiceManager): ServiceManager;
}

/** Without a death nothing ever happens. */
export function createDoom(death: Death | undefined): Doom {
  const seen = new Map<string, number>();

  /** Comes by something once more; gives what tells whether the process dies there. */
  function comingBy(what: string): (when: Death['when']) => boolean {
    const count = (seen.get(what) ?? 0) + 1;
    seen.set(what, count);
    return (when) => death?.what === what && death.count === count && death.when === when;
  }

  async function around<T>(what: string, work: () => Promise<T>): Promise<T> {
    const isDoomed = comingBy(what);
    if (isDoomed('before')) die();
    const result = await work();
    if (isDoomed('after')) die();
    return result;
  }

  return {
    log: (log, path) => ({
      ...log,
      async append(linesOf) {
        let isLast = false;
        await log.append((beginsFile) => {
          const lines = linesOf(beginsFile);
          for (const [index, line] of lines.entries()) {
            const isDoomed = comingBy(`line ${JSON.parse(line).event}`);
            if (isDoomed('before')) die();
            if (isDoomed('in the middle of')) tear(path, lines.slice(0, index), line);
            isLast ||= isDoomed('after');
          }
          return lines;
        });
        if (isLast) die();
      },
    }),
    evidence: (take) => (id, step, unit, signal) => around('evidence', () => take(id, step, unit, signal)),
    bus: (bus) => ({
      ...bus,
      async call(call, signal) {
        const isDoomed = comingBy(`call ${call.member}`);
        const answer = bus.call(call, signal);
        // Messages go out at the end of the turn in which they were written.
        if (isDoomed('in the middle of')) setImmediate(() => setImmediate(die));
        const given = await answer;
        if (isDoomed('after')) die();
        return given;
      },
    }),
    manager: (manager) => ({
      ...manager,
      inspect: (ref, signal) =>
        around(seen.has('run') ? 'look after run' : 'look', () => manager.inspect(ref, signal)),
      run: (action, ref, signal) => around('run', () => manager.run(action, ref, signal)),
      setLimits: (ref, values, signal) => around('setLimits', () => manager.setLimits(ref, values, signal)),
    }),
  };
}

/** Half of a line reaches the file, and no more of it ever. */
function tear(path: string, before: readonly string[], line: string): never {
  const half = line.slice(0, line.length / 2);
  appendFileSync(path, [...before, half].join('\n'));
  die();
}

/** As the OOM killer or a power cut would: nothing is flushed, closed or told. */
function die(): never {
  process.kill(process.pid, 'SIGKILL');
  // Not a single instruction more, should the signal be late.
  for (;;);
}
