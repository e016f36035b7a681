import * as z from 'zod';
import type { CommandSettings } from '../../domain/probes/command.ts';

const ARGV =
  'expected a list: the program with its whole path, then its arguments, such as [/usr/bin/test, -s, /x]';

/** No program can be given a text with a zero in it. */
const argument = z
  .string({ error: 'expected a text; put numbers in quotes' })
  .max(4096, { error: 'expected a text of at most 4096 characters' })
  .regex(/^[^\0]*$/, { error: 'expected a text without the character 0' });

/** A command: the whole path of a program, and its arguments. No shell sees them. */
export const argv = z
  .tuple(
    [argument.regex(/^\/./, { error: 'expected the whole path of a program, such as /usr/bin/test' })],
    argument,
    {
      error: ARGV,
    },
  )
  .refine((given) => given.length <= 256, { error: 'expected at most 255 arguments' });

const VARIABLE = 'expected the name of a variable, such as TOKEN_FILE';

const variableName = z
  .string({ error: VARIABLE })
  .regex(/^[A-Za-z_][A-Za-z0-9_]{0,127}$/, { error: VARIABLE });

const USER = 'expected the name of a user, such as nobody';

/** Whom a command runs as. */
export const userName = z
  .string({ error: USER })
  .regex(/^[A-Za-z_][A-Za-z0-9_.-]{0,31}\$?$/, { error: USER });

const EXIT = 'expected an exit code from 0 to 255';

const exitCode = z.int({ error: EXIT }).min(0, { error: EXIT }).max(255, { error: EXIT });

/** `command:` of a probe. */
export const commandProbe = z
  .strictObject({
    argv,
    env: z
      .record(variableName, argument, {
        error: ({ code }) => (code === 'invalid_key' ? VARIABLE : undefined),
      })
      .default({}),
    user: userName.optional(),
    expect_exit_codes: z
      .array(exitCode, { error: 'expected a list of exit codes, such as [0, 3]' })
      .min(1, { error: 'expected at least one exit code' })
      .optional(),
    nagios: z.boolean({ error: 'expected true or false' }).default(false),
  })
  .refine(({ nagios, expect_exit_codes }) => !nagios || expect_exit_codes === undefined, {
    error: 'expected no exit codes of a plugin of Nagios, whose codes have a meaning',
    path: ['expect_exit_codes'],
  })
  .transform(
    ({ argv: [program, ...args], env, user, expect_exit_codes, nagios }): CommandSettings => ({
      program,
      args,
      env,
      user,
      expectExitCodes: expect_exit_codes ?? [0],
      nagios,
    }),
  );
