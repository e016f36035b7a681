import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { onTestFinished } from 'vitest';
import { commandName } from '../lab/processes.ts';
import { killIfThere } from './kill-if-there.ts';

/**
 * What a job of the fake does: runs; dies half a second after each start; cannot be started, for its configuration; is
 * not to be started by hand, or unloaded; does not end, so that bootout waits for ever; takes its time to end, or to
 * start; runs every minute; is not to be printed; makes that hang.
 */
export type Behaviour =
  | 'runs'
  | 'dies'
  | 'config'
  | 'refuses'
  | 'hangs'
  | 'slow'
  | 'prepares'
  | 'timed'
  | 'private'
  | 'mute';

/** A job that is loaded. */
export interface FakeJob {
  readonly behaviour?: Behaviour;
  /** In words where there is none. */
  readonly plist?: string;
  readonly runs?: number;
  readonly exit?: number;
  /** That ended it last. */
  readonly signal?: number;
  /** Its state while it has no process. */
  readonly rest?: string;
}

/** A program that stands for launchctl, with jobs of its own that really run. */
export interface FakeLaunchctl {
  readonly path: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** All that it was asked for, one line a call. */
  calls(): readonly string[];
  /** Loads a job, as in `gui/501/com.example.worker`. */
  load(target: string, job?: FakeJob): void;
  /** Writes a property list, and gives its path. */
  writePlist(label: string, behaviour?: Behaviour, runAtLoad?: boolean): string;
  /** How often a job has been started. */
  starts(target: string): number;
  setBehaviour(target: string, behaviour: Behaviour): void;
  disable(domain: string, label: string): void;
  /** Takes a domain away, as when its user logs out, or lets nobody see it. */
  setDomain(domain: string, how: 'gone' | 'private'): void;
  /** A file of a loaded job. */
  file(target: string, name: 'runs' | 'pid'): string | undefined;
  /** Ends all that it has started. */
  stop(): void;
}

/** What the fake does with every call. */
export type LaunchctlMode = 'obeys' | 'hang' | 'garbage' | 'flood' | 'broken';

/** A fake of the running test, or, with `lives`, one that its owner stops. There is a domain `gui/501`. */
export function fakeLaunchctl(mode: LaunchctlMode = 'obeys', lives = false): FakeLaunchctl {
  const folder = mkdtempSync(join(tmpdir(), 'fettle-launchd-'));
  const path = join(folder, 'launchctl');
  symlinkSync(fileURLToPath(new URL('launchctl.sh', import.meta.url)), path);
  mkdirSync(join(folder, 'gui/501'), { recursive: true });
  const read = (file: string) =>
    existsSync(join(folder, file)) ? readFileSync(join(folder, file), 'utf8') : '';
  const write = (file: string, text: string | number) => writeFileSync(join(folder, file), `${text}\n`);

  function stop(): void {
    for (const pid of read('pids').split('\n').filter(Boolean).map(Number)) {
      if (commandName(pid) === 'sleep') killIfThere(pid);
    }
    rmSync(folder, { recursive: true, force: true });
  }
  if (lives) process.once('exit', stop);
  else onTestFinished(stop);

  return {
    path,
    env: { PATH: process.env['PATH'], FAKE_MODE: mode, FAKE_LAUNCHD: folder },
    calls: () => read('calls').split('\n').filter(Boolean),
    load(target, { behaviour = 'runs', plist = '/Library/x.plist', runs = 0, exit, signal, rest } = {}) {
      mkdirSync(join(folder, target), { recursive: true });
      write(`${target}/behaviour`, behaviour);
      write(`${target}/plist`, plist);
      write(`${target}/program`, '/bin/sleep');
      write(`${target}/runs`, runs);
      write(`${target}/rest`, rest ?? 'not running');
      if (exit !== undefined) write(`${target}/exit`, exit);
      if (signal !== undefined) write(`${target}/signal`, signal);
    },
    writePlist(label, behaviour = 'runs', runAtLoad = false) {
      const file = `${label}.plist`;
      write(file, `label=${label}\nbehaviour=${behaviour}${runAtLoad ? '\nrun-at-load' : ''}`);
      return join(folder, file);
    },
    starts: (target) =>
      read('starts')
        .split('\n')
        .filter((line) => line === target).length,
    setBehaviour: (target, behaviour) => write(`${target}/behaviour`, behaviour),
    disable: (domain, label) => write(`${domain}/disabled`, label),
    setDomain(domain, how) {
      if (how === 'gone') rmSync(join(folder, domain), { recursive: true });
      else write(`${domain}/private`, '');
    },
    file: (target, name) => read(`${target}/${name}`).trim() || undefined,
    stop,
  };
}
