import { Failure } from '../../domain/errors.ts';
import { readKernelFile } from '../../host/files/files.ts';
import { parseMemory } from '../machine/parse.ts';

/** Bytes that programs can still have without swapping. Source: `/proc/meminfo`. Throws Failure `unreadable`. */
export function readMemoryAvailable(procfs: string): number {
  const path = `${procfs}/meminfo`;
  const bytes = parseMemory(readKernelFile(path) ?? '')['memory.available'];
  if (bytes === undefined) throw new Failure('unreadable', `reading ${path}: it does not tell MemAvailable`);
  return bytes;
}
