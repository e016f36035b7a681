import { createGate } from '../../domain/gate.ts';
import type { Places } from '../slow/slow-files.ts';
import type { Child } from './child-process.ts';

/** Programs that run for probes. */
export interface CommandRuns {
  /**
   * Does some work with a child, which it names by `keep`, once the last child of that name is gone. Rejects with the
   * reason of the signal if that takes too long.
   */
  inTurn<T>(
    name: string,
    signal: AbortSignal,
    work: (keep: (child: Child) => void) => Promise<T>,
  ): Promise<T>;
  /** Kills all of them; resolves once they are gone, and after a second at most. */
  stop(): Promise<void>;
}

const STOP_LIMIT_MS = 1000;

/** Keeps account of programs that run. */
export function createCommandRuns(): CommandRuns {
  const turns = new Map<string, Places>();
  const running = new Set<Child>();

  function turnOf(name: string): Places {
    const turn = turns.get(name) ?? createGate(1);
    turns.set(name, turn);
    return turn;
  }

  /** Keeps the turn until the child is gone; its end, which may come before, is told at once. */
  async function run<T>(
    work: (keep: (child: Child) => void) => Promise<T>,
    resolve: (value: T) => void,
    reject: (thrown: unknown) => void,
  ): Promise<void> {
    const own: Child[] = [];
    const keep = (child: Child) => {
      own.push(child);
      running.add(child);
    };
    await work(keep).then(resolve, reject);
    for (const child of own) {
      await child.gone;
      running.delete(child);
    }
  }

  return {
    inTurn: (name, signal, work) =>
      new Promise((resolve, reject) => {
        turnOf(name)(() => run(work, resolve, reject), signal).catch(reject);
      }),
    async stop() {
      const all = [...running];
      for (const child of all) child.kill();
      await beforeLimit(Promise.all(all.map(({ gone }) => gone)));
    },
  };
}

async function beforeLimit(work: Promise<unknown>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const limit = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, STOP_LIMIT_MS);
  });
  await Promise.race([work, limit]);
  clearTimeout(timer);
}
