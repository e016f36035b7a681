import * as z from 'zod';
import { type DaemonSpec, STOP_SIGNALS } from '../domain/daemon.ts';
import { duration } from './duration.ts';
import { absolutePath } from './path.ts';
import { argv, userName } from './probes/command.ts';
import { statusFile } from './probes/pidfile.ts';

const NAME = 'expected a name of small letters, digits, -, _ and dots, such as runner';
const SIGNAL = `expected one of ${STOP_SIGNALS.join(', ')}`;

const PROCESS_NAME = 'expected the name of a program, such as runner';

/**
 * A restart that is given up halfway would leave the daemon stopped, so stop and start together must fit into the five
 * minutes that a repair may take, with some left for a process that ends late.
 */
const MOST_SECONDS = 240;

const timeout = duration.refine((seconds) => seconds > 0 && seconds <= MOST_SECONDS, {
  error: 'expected a duration from 1ms to 4m',
});

const daemon = z
  .strictObject({
    name: z
      .string({ error: NAME })
      .regex(/^[a-z0-9][a-z0-9._-]{0,62}$/, { error: NAME })
      .describe('A name of its own; the label name of its metrics.'),
    pid_file: absolutePath.describe('File into which it writes the number of its process.'),
    process_name: z
      .string({ error: PROCESS_NAME })
      .regex(/^[^/\0]{1,255}$/, { error: PROCESS_NAME })
      .optional()
      .describe('Name of its program, which a process that was given its pid later does not have.'),
    status_file: statusFile.optional().describe('File of JSON in which it says how it is.'),
    start: argv.optional().describe('Command that starts it: a program with its whole path, and arguments.'),
    stop: argv.optional().describe('Command that stops it.'),
    restart: argv.optional().describe('Command that restarts it; left out: stop, then start.'),
    status: argv.optional().describe('Command that says how it is; told beside what is seen.'),
    stop_signal: z
      .enum(STOP_SIGNALS, { error: SIGNAL })
      .optional()
      .describe('Signal that stops it, instead of a command.'),
    user: userName.optional().describe('Whom the commands run as; left out: as fettle.'),
    start_timeout: timeout
      .prefault('30s')
      .describe('How long it may take to start; with stop_timeout 4m at most.'),
    stop_timeout: timeout.prefault('30s').describe('How long it may take to stop.'),
  })
  .refine(({ stop, stop_signal }) => stop === undefined || stop_signal === undefined, {
    error: 'expected stop or stop_signal, not both',
    path: ['stop_signal'],
  })
  .refine((given) => given.start_timeout + given.stop_timeout <= MOST_SECONDS, {
    error:
      'expected start_timeout and stop_timeout to be 4m together at most, as a repair is given up after 5m',
    path: ['start_timeout'],
  })
  .transform(
    (given): DaemonSpec => ({
      name: given.name,
      pidFile: given.pid_file,
      processName: given.process_name,
      statusFile: given.status_file,
      commands: { start: given.start, stop: given.stop, restart: given.restart, status: given.status },
      stopSignal: given.stop_signal,
      user: given.user,
      startTimeoutMs: given.start_timeout * 1000,
      stopTimeoutMs: given.stop_timeout * 1000,
    }),
  );

/** Daemons that write their pid to a file, in the configuration. */
export const daemons = z
  .array(daemon, { error: 'expected a list of daemons, each with a name and a pid_file' })
  .max(64, { error: 'expected at most 64 daemons' })
  .check(({ value, issues }) => {
    for (const [index, { name }] of value.entries()) {
      if (value.findIndex((other) => other.name === name) === index) continue;
      const message = `expected a name of its own; ${name} is taken by an earlier daemon`;
      issues.push({ code: 'custom', message, path: [index, 'name'], input: name });
    }
  });
