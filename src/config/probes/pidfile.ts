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
    path: absolutePath,
    max_age: duration.optional(),
    state: z
      .strictObject({
        pointer: pointer.prefault('/state'),
        one_of: z.array(z.string().min(1), { error: STATES }).min(1, { error: STATES }),
      })
      .optional(),
    values: z
      .record(fieldName, pointer, { error: ({ code }) => (code === 'invalid_key' ? FIELD : undefined) })
      .default({}),
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
    path: absolutePath,
    name: z
      .string({ error: NAME })
      .regex(/^[^/\0]{1,255}$/, { error: NAME })
      .optional(),
    status_file: statusFile.optional(),
  })
  .transform(({ path, name, status_file }): PidfileSettings => ({ path, name, statusFile: status_file }));
