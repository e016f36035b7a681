import * as z from 'zod';
import type { CommandSettings } from '../../domain/probes/command.ts';
import { absolutePath } from '../path.ts';

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

/** Such as TOKEN, API_KEY, PGPASSWORD and MYSQL_PWD, but not TOKEN_FILE, MAX_TOKENS or KEYBOARD. */
const SECRET =
  /(?:PASSWORD|PASSWD|PASSPHRASE|TOKEN|SECRET|CREDENTIALS?|(?:^|_|API|ACCESS|PRIVATE)KEY|_PWD|(?:^|_)PASS)(?:_?\d+)?$/i;

const NO_SECRET =
  'expected no secret in the configuration; write the value to a file, and name that under env_files';

/** Names of variables, and what each holds. */
function variables<T extends z.ZodType>(value: T) {
  return z
    .record(variableName, value, { error: ({ code }) => (code === 'invalid_key' ? VARIABLE : undefined) })
    .prefault({});
}

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
    argv: argv.describe('The program with its whole path, and its arguments.'),
    env: variables(argument).describe('Variables that are no secrets.'),
    env_files: variables(absolutePath).describe('Variables whose values are secrets, each in a file.'),
    user: userName.optional().describe('Whom it runs as, which takes root; left out: as fettle.'),
    expect_exit_codes: z
      .array(exitCode, { error: 'expected a list of exit codes, such as [0, 3]' })
      .min(1, { error: 'expected at least one exit code' })
      .optional()
      .describe('Exit codes that are as wanted; 0.'),
    nagios: z
      .boolean({ error: 'expected true or false' })
      .default(false)
      .describe('true: a plugin of Nagios, whose exit codes have a meaning.'),
  })
  .refine(({ nagios, expect_exit_codes }) => !nagios || expect_exit_codes === undefined, {
    error: 'expected no exit codes of a plugin of Nagios, whose codes have a meaning',
    path: ['expect_exit_codes'],
  })
  .superRefine((given, context) => {
    for (const [name, message] of variableProblems(given)) {
      context.addIssue({ code: 'custom', path: ['env', name], message, input: given });
    }
  })
  .transform(
    ({ argv: [program, ...args], env, env_files, user, expect_exit_codes, nagios }): CommandSettings => ({
      program,
      args,
      env,
      envFiles: env_files,
      user,
      expectExitCodes: expect_exit_codes ?? [0],
      nagios,
    }),
  );

interface Variables {
  readonly env: Readonly<Record<string, unknown>>;
  readonly env_files: Readonly<Record<string, unknown>>;
}

/** Variables that hold secrets, or are set twice, each with what is wrong with it. */
function variableProblems({ env, env_files }: Variables): readonly (readonly [string, string])[] {
  return Object.keys(env).flatMap((name): (readonly [string, string])[] => {
    if (Object.hasOwn(env_files, name))
      return [[name, `expected a variable once; env_files has ${name}, too`]];
    return SECRET.test(name) ? [[name, `${NO_SECRET}: ${name}`]] : [];
  });
}
