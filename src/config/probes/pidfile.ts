import * as z from 'zod';
import type { PidfileSettings, StatusFileSettings } from '../../domain/probes/pidfile.ts';
import { duration } from '../duration.ts';
import { absolutePath } from '../path.ts';
import { pointer } from './http.ts';
import { fieldName } from './parts.ts';

const STATES = 'expected a list of states, such as [running, idle]';

const FIELD = 'expected a name such as queue_remaining';

/** `status_file:` of a probe, and of a daemon. */
export const statusFile = z
  .strictObject({
    path: absolutePath.describe('The file, of JSON.'),
    max_age: duration.optional().describe('It must have been written to within this time.'),
    state: z
      .strictObject({
        pointer: pointer.prefault('/state').describe('Where its state stands: a JSON pointer.'),
        one_of: z
          .array(z.string().min(1), { error: STATES })
          .min(1, { error: STATES })
          .describe('States that are as wanted.'),
      })
      .optional()
      .describe('What state it must tell.'),
    values: z
      .record(fieldName, pointer, { error: ({ code }) => (code === 'invalid_key' ? FIELD : undefined) })
      .default({})
      .describe('Numbers in it that become metrics: names, and JSON pointers to them.'),
  })
  .transform(
    ({ path, max_age, state, values }): StatusFileSettings => ({
      path,
      maxAgeSeconds: max_age,
      state: state && { pointer: state.pointer, oneOf: state.one_of },
      values,
    }),
  );

const NAME = 'expected the name of a program, such as runner';

/** `pidfile:` of a probe. */
export const pidfileProbe = z
  .strictObject({
    path: absolutePath.describe('The pid file.'),
    name: z
      .string({ error: NAME })
      .regex(/^[^/\0]{1,255}$/, { error: NAME })
      .optional()
      .describe('Name of its program, which another process with that pid does not have.'),
    status_file: statusFile.optional().describe('File in which it says how it is.'),
  })
  .transform(({ path, name, status_file }): PidfileSettings => ({ path, name, statusFile: status_file }));
