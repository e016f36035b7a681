import * as z from 'zod';
import { type DaemonSpec, STOP_SIGNALS } from '../domain/daemon.ts';
import { duration } from './duration.ts';
import { absolutePath } from './path.ts';
import { argv, userName } from './probes/command.ts';
import { statusFile } from './probes/pidfile.ts';

const NAME = 'expected a name of small letters, digits, -, _ and dots, such as runner';
const SIGNAL = `expected one of ${STOP_SIGNALS.join(', ')}`;

const timeout = duration.refine((seconds) => seconds > 0 && seconds <= 3600, {
  error: 'expected a duration from 1ms to 1h',
});

const daemon = z
  .strictObject({
    name: z.string({ error: NAME }).regex(/^[a-z0-9][a-z0-9._-]{0,62}$/, { error: NAME }),
    pid_file: absolutePath,
    status_file: statusFile.optional(),
    start: argv.optional(),
    stop: argv.optional(),
    restart: argv.optional(),
    status: argv.optional(),
    stop_signal: z.enum(STOP_SIGNALS, { error: SIGNAL }).optional(),
    user: userName.optional(),
    start_timeout: timeout.prefault('30s'),
    stop_timeout: timeout.prefault('30s'),
  })
  .refine(({ stop, stop_signal }) => stop === undefined || stop_signal === undefined, {
    error: 'expected stop or stop_signal, not both',
    path: ['stop_signal'],
  })
  .transform(
    (given): DaemonSpec => ({
      name: given.name,
      pidFile: given.pid_file,
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
