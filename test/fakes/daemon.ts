import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { onTestFinished } from 'vitest';
import type { DaemonSpec } from '../../src/domain/daemon.ts';
import { commandName } from '../lab/processes.ts';
import { killIfThere } from './kill-if-there.ts';

/** A real daemon that forks twice, in a folder of its own. */
export interface FakeDaemon {
  readonly folder: string;
  readonly spec: DaemonSpec;
  /** Turns a way of misbehaving on: its stop hangs, or it dies half a second after its start. */
  misbehave(how: 'hangs' | 'dies'): void;
  /** One of its commands, as `start` or `fail`. */
  command(verb: string): readonly string[];
  pid(): number | undefined;
  /** How often it was started, or asked to stop. */
  count(what: 'starts' | 'stops'): number;
  write(file: string, text: string): void;
  /** Ends it, however it is, and removes its folder. */
  stop(): void;
}

const SCRIPT = fileURLToPath(new URL('daemon.sh', import.meta.url));

/** A daemon of the running test that is not running yet, or, with `lives`, one that its owner stops. */
export function fakeDaemon(name: string, changes: Partial<DaemonSpec> = {}, lives = false): FakeDaemon {
  const folder = mkdtempSync(join(tmpdir(), 'fettle-daemon-'));
  const at = (file: string) => join(folder, file);
  const lines = (file: string) =>
    existsSync(at(file)) ? readFileSync(at(file), 'utf8').split('\n').filter(Boolean) : [];
  const command = (what: string) => [SCRIPT, folder, what];
  const pid = () => Number(lines('pid')[0]) || undefined;

  function stop(): void {
    // Its own processes and those that they have started; a pid may have been given to somebody else meanwhile.
    for (const pid of lines('processes').map(Number)) {
      if (['daemon.sh', 'sleep'].includes(commandName(pid) ?? '')) killIfThere(pid);
    }
    rmSync(folder, { recursive: true, force: true });
  }
  if (lives) process.once('exit', stop);
  else onTestFinished(stop);

  return {
    folder,
    spec: {
      name,
      pidFile: at('pid'),
      statusFile: undefined,
      commands: {
        start: command('start'),
        stop: command('stop'),
        restart: command('restart'),
        status: command('status'),
      },
      stopSignal: undefined,
      user: undefined,
      startTimeoutMs: 10_000,
      stopTimeoutMs: 10_000,
      ...changes,
    },
    misbehave: (how) => writeFileSync(at(how), ''),
    command,
    pid,
    count: (what) => lines(what).length,
    write: (file, text) => writeFileSync(at(file), text),
    stop,
  };
}
