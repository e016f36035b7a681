import * as z from 'zod';
import { parsePathGlob } from '../../domain/path-glob.ts';
import type { DirectorySettings, FileSettings, FreeSpace } from '../../domain/probes/files.ts';
import { duration } from '../duration.ts';
import { absolutePath } from '../path.ts';
import { size } from './parts.ts';

const onOff = z.boolean({ error: 'expected true or false' });

/** An absolute path without a slash at its end. */
const path = absolutePath.transform((text) => (/^\/+$/.test(text) ? '/' : text.replace(/\/+$/, '')));

/** Whether one limit is not beyond the other, or one of them is not there. */
function fits(least: number | undefined, most: number | undefined): boolean {
  return least === undefined || most === undefined || least <= most;
}

/** `file:` of a probe. */
export const fileProbe = z
  .strictObject({
    path: path.describe('The file.'),
    exists: onOff.default(true).describe('Whether it must be there, or must not.'),
    max_age: duration.optional().describe('It must have been written to within this time.'),
    min_age: duration.optional().describe('It must not have been written to within this time.'),
    min_size: size.optional().describe('It must be at least so large, such as 64KiB.'),
    max_size: size.optional().describe('It must be at most so large.'),
  })
  .refine(({ min_age, max_age }) => fits(min_age, max_age), {
    error: 'expected min_age to be at most max_age',
    path: ['min_age'],
  })
  .refine(({ min_size, max_size }) => fits(min_size, max_size), {
    error: 'expected min_size to be at most max_size',
    path: ['min_size'],
  })
  .refine(
    ({ exists, path: _, ...others }) => exists || Object.values(others).every((one) => one === undefined),
    {
      error: 'expected no other condition of a file that should not exist',
      path: ['exists'],
    },
  )
  .transform(
    (given): FileSettings => ({
      path: given.path,
      exists: given.exists,
      maxAgeSeconds: given.max_age,
      minAgeSeconds: given.min_age,
      minBytes: given.min_size,
      maxBytes: given.max_size,
    }),
  );

const GLOB = 'expected a pattern below the path, such as checkpoints/*.safetensors';

const glob = z
  .string({ error: GLOB })
  .max(512, { error: 'expected a pattern of at most 512 characters' })
  .transform((text, context) => {
    const parsed = parsePathGlob(text);
    if (typeof parsed !== 'string') return text;
    context.issues.push({ code: 'custom', message: parsed, input: text });
    return z.NEVER;
  });

const COUNT = 'expected a number of files, such as 1';

const count = z.int({ error: COUNT }).nonnegative({ error: COUNT });

const FREE = 'expected a size such as 10GiB, or a part of the file system such as 5%';

const freeSpace = z
  .union([z.int().nonnegative(), z.string()], { error: FREE })
  .transform((given, context): FreeSpace => {
    const percent = /^(\d{1,3}(?:\.\d{1,6})?)%$/.exec(String(given))?.[1];
    if (percent !== undefined && Number(percent) <= 100) return { ratio: Number(percent) / 100 };
    const parsed = size.safeParse(given);
    if (percent === undefined && parsed.success) return { bytes: parsed.data };
    context.issues.push({ code: 'custom', message: FREE, input: given });
    return z.NEVER;
  });

/** `directory:` of a probe. */
export const directoryProbe = z
  .strictObject({
    path: path.describe('The folder.'),
    glob: glob
      .prefault('*')
      .describe('Which files below it, such as checkpoints/*.safetensors; ** is any folders.'),
    min_count: count.optional().describe('So many files at least.'),
    max_count: count.optional().describe('So many files at most.'),
    max_age: duration.optional().describe('The newest of them must have been written to within this time.'),
    min_total_size: size.optional().describe('All of them must have so much together, such as 2GiB.'),
    min_free: freeSpace
      .optional()
      .describe('So much must be free on its file system: a size such as 10GiB, or a part such as 5%.'),
  })
  .refine(({ min_count, max_count }) => fits(min_count, max_count), {
    error: 'expected min_count to be at most max_count',
    path: ['min_count'],
  })
  .transform(
    (given): DirectorySettings => ({
      path: given.path,
      glob: given.glob,
      minCount: given.min_count,
      maxCount: given.max_count,
      maxAgeSeconds: given.max_age,
      minTotalBytes: given.min_total_size,
      minFree: given.min_free,
    }),
  );
