import { existsSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { tempFolder } from './temp-folder.ts';

/** What the fake does; `nvidia-smi.sh` has the details. */
export type FakeMode =
  | 'replay'
  | 'warn'
  | 'lost'
  | 'lost-alone'
  | 'stderr'
  | 'no-driver'
  | 'garbage'
  | 'cut'
  | 'hang'
  | 'hang-at-end'
  | 'deaf'
  | 'leaves-child'
  | 'family'
  | 'flood'
  | 'flood-xml'
  | 'flood-clocks'
  | 'stream'
  | 'stream-lost'
  | 'stream-then-hang'
  | 'stream-then-die';

/** A program that stands for nvidia-smi, in a folder of its own. */
export interface FakeNvidiaSmi {
  readonly path: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** What it was started with, one line a start: number of the process, LC_ALL, arguments. */
  starts(): readonly string[];
  /** The number of the process that it left a note of: `deaf`, or the `child` that it started. */
  noted(who: 'deaf' | 'child'): number | undefined;
  /** What it prints from now on. */
  setDocument(document: string): void;
  /** What those do that are started from now on. */
  setMode(mode: FakeMode): void;
  /** The mode `stream-lost` finds the GPU again. */
  findLost(): void;
}

/** A fake of the running test that prints this document, if its mode lets it. */
export function fakeNvidiaSmi(mode: FakeMode, document = ''): FakeNvidiaSmi {
  const folder = tempFolder({ 'document.xml': document });
  const path = join(folder, 'nvidia-smi');
  const starts = join(folder, 'starts');
  symlinkSync(fileURLToPath(new URL('nvidia-smi.sh', import.meta.url)), path);
  const read = (file: string): string => (existsSync(file) ? readFileSync(file, 'utf8') : '');
  return {
    path,
    env: {
      PATH: process.env['PATH'],
      FAKE_MODE: mode,
      FAKE_DOCUMENT: join(folder, 'document.xml'),
      FAKE_STARTS: starts,
    },
    starts: () => read(starts).split('\n').filter(Boolean),
    noted: (who) => Number(read(`${starts}.${who}`)) || undefined,
    setMode: (next) => writeFileSync(`${starts}.mode`, next),
    findLost: () => writeFileSync(`${starts}.found`, ''),
    setDocument: (text) => writeFileSync(join(folder, 'document.xml'), text),
  };
}

/** Whether there is a process of that number. */
export function isAlive(pid: number): boolean {
  const status = existsSync(`/proc/${pid}`) ? readFileSync(`/proc/${pid}/stat`, 'utf8') : 'gone Z';
  return !/\) Z|gone/.test(status);
}
