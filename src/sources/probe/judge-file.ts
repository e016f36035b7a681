import { ProbeFault } from '../../domain/probes/fault.ts';
import type { DirectorySettings, FileSettings, FreeSpace } from '../../domain/probes/files.ts';
import type { FolderWalk } from '../../host/files/folder-walk.ts';
import type { Look, Room } from '../../host/files/look-at.ts';
import { ageOf } from './age.ts';
import { sizeWords, timeWords } from './words.ts';

type PlainFileLook = Extract<Look, { readonly kind: 'file' }>;

/** Throws a ProbeFault if the file is not as it should be. */
export function judgeFile(settings: FileSettings, look: Look, nowSeconds: number): void {
  const { path, exists } = settings;
  if (!exists) {
    if (look.kind === 'missing') return;
    throw new ProbeFault('count', `${path} exists, and should not`);
  }
  if (look.kind === 'missing') throw new ProbeFault('missing', `there is no ${path}`);
  if (look.kind === 'dangling') throw new ProbeFault('missing', `${path} is a link that leads to nothing`);
  if (look.kind === 'other') {
    throw new ProbeFault(
      'missing',
      `what is at ${path} is no plain file; for a folder there are directory probes`,
    );
  }
  judgeSize(settings, look);
  judgeAge(settings, look, nowSeconds);
}

function judgeSize({ path, minBytes, maxBytes }: FileSettings, { bytes }: PlainFileLook): void {
  if (minBytes !== undefined && bytes < minBytes) {
    throw new ProbeFault('size', `${path} has ${sizeWords(bytes)}, less than ${sizeWords(minBytes)}`);
  }
  if (maxBytes !== undefined && bytes > maxBytes) {
    throw new ProbeFault('size', `${path} has ${sizeWords(bytes)}, more than ${sizeWords(maxBytes)}`);
  }
}

function judgeAge(settings: FileSettings, { modifiedSeconds }: PlainFileLook, nowSeconds: number): void {
  const { path, maxAgeSeconds, minAgeSeconds } = settings;
  if (maxAgeSeconds === undefined && minAgeSeconds === undefined) return;
  const age = ageOf(path, modifiedSeconds, nowSeconds);
  if (maxAgeSeconds !== undefined && age > maxAgeSeconds) throw stale(path, age, maxAgeSeconds);
  if (minAgeSeconds !== undefined && age < minAgeSeconds) {
    const detail = `${path} was written ${timeWords(age)} ago, and should rest for ${timeWords(minAgeSeconds)}`;
    throw new ProbeFault('stale', detail);
  }
}

function stale(what: string, age: number, maxAgeSeconds: number): ProbeFault {
  const detail = `${what} was written ${timeWords(age)} ago, more than ${timeWords(maxAgeSeconds)}`;
  return new ProbeFault('stale', detail);
}

type Walked = Extract<FolderWalk, { readonly kind: 'walked' }>;

/** Throws a ProbeFault if the files of a folder are not as they should be. */
export function judgeFolder(settings: DirectorySettings, walked: Walked, nowSeconds: number): void {
  const { path, glob, minCount, maxCount, maxAgeSeconds, minTotalBytes } = settings;
  const { files, bytes, newestSeconds } = walked;
  const what = `${path}/${glob}`;
  if (minCount !== undefined && files < minCount) {
    throw new ProbeFault('count', `${files} files fit ${what}, fewer than ${minCount}`);
  }
  if (maxCount !== undefined && files > maxCount) {
    throw new ProbeFault('count', `${files} files fit ${what}, more than ${maxCount}`);
  }
  if (minTotalBytes !== undefined && bytes < minTotalBytes) {
    const detail = `all files that fit ${what} have ${sizeWords(bytes)}, less than ${sizeWords(minTotalBytes)}`;
    throw new ProbeFault('size', detail);
  }
  if (maxAgeSeconds === undefined) return;
  if (newestSeconds === undefined) throw new ProbeFault('missing', `no file fits ${what}, so none is new`);
  const newest = `the newest file that fits ${what}`;
  const age = ageOf(newest, newestSeconds, nowSeconds);
  if (age > maxAgeSeconds) throw stale(newest, age, maxAgeSeconds);
}

/** Throws a ProbeFault if there is too little room. */
export function judgeSpace(path: string, minFree: FreeSpace, { freeBytes, sizeBytes }: Room): void {
  const wanted = 'bytes' in minFree ? minFree.bytes : minFree.ratio * sizeBytes;
  if (freeBytes >= wanted) return;
  const part = 'ratio' in minFree ? ` (${Number((minFree.ratio * 100).toFixed(1))} % of all)` : '';
  const detail = `${sizeWords(freeBytes)} are free where ${path} is, less than ${sizeWords(wanted)}${part}`;
  throw new ProbeFault('space', detail);
}
