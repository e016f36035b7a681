import { Failure } from '../../domain/errors.ts';
import { isUnanswered, type Outcome } from './outcome.ts';
import type { SlowFiles } from './slow-files.ts';

/** A folder of small files that drivers write as they are read. What cannot be read is undefined. */
export interface SysfsFolder {
  text(name: string): Promise<string | undefined>;
  /** A whole number, as it stands there or times `scale`. */
  number(name: string, scale?: number): Promise<number | undefined>;
}

/** Errors that mean that there is no such folder. */
const ABSENT = ['ENOENT', 'ENOTDIR', 'ENODEV', 'ENXIO'];

/** Gives a way to the files of a folder. */
export function sysfsFolder(files: SlowFiles, folder: string): SysfsFolder {
  const text = async (name: string) => foundIn(await files.readText(`${folder}/${name}`))?.trim();
  return {
    text,
    async number(name, scale = 1) {
      const found = await text(name);
      return found !== undefined && /^-?\d{1,19}$/.test(found) ? Number(found) * scale : undefined;
    },
  };
}

/** The names in a folder, none where there is no such folder. Throws Failure `unreadable`. */
export async function sysfsNames(files: SlowFiles, folder: string): Promise<readonly string[]> {
  const listed = await files.list(folder);
  if ('value' in listed) return listed.value;
  if (ABSENT.includes(listed.error)) return [];
  const reason = isUnanswered(listed) ? 'no answer in time' : listed.error;
  throw new Failure('unreadable', `listing ${folder}: ${reason}`);
}

function foundIn<T>(outcome: Outcome<T>): T | undefined {
  return 'value' in outcome ? outcome.value : undefined;
}

/** The number, if it is from 0 to `most`. */
export function upTo(most: number, value: number | undefined): number | undefined {
  return value !== undefined && value >= 0 && value <= most ? value : undefined;
}

/** Those values that are known. */
export function known<K extends string>(
  values: Readonly<Record<K, number | undefined>>,
): Readonly<Partial<Record<K, number>>> {
  const found: Partial<Record<K, number>> = {};
  for (const name in values) {
    const value = values[name];
    if (value !== undefined) found[name] = value;
  }
  return found;
}
