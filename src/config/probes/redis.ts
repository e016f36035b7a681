import * as z from 'zod';
import type { RedisSettings } from '../../domain/probes/redis.ts';
import { absolutePath } from '../path.ts';
import { addresses, host, port, tls } from './parts.ts';

const DATABASE = 'expected the number of a database, such as 0';

const USERNAME = 'expected the name of a user of Redis, such as monitor';

const PASSWORD =
  'expected no password in the configuration; write it to a file, and name that with password_file';

/** `redis:` of a probe. Without anything: the Redis of this machine at its usual port. */
export const redisProbe = z
  .strictObject({
    host: host.optional().describe('Name or address; 127.0.0.1.'),
    port: port.optional().describe('Its port; 6379.'),
    socket: absolutePath.optional().describe('Its socket, instead of host and port.'),
    tls: z
      .union([z.literal(true), tls], { error: 'expected true, or a map of settings' })
      .optional()
      .describe('How a secure connection is made, or true; left out: it is not secure.'),
    username: z
      .string({ error: USERNAME })
      .regex(/^[\x21-\x7e]{1,256}$/, { error: USERNAME })
      .optional()
      .describe('User of Redis, beside password_file.'),
    password: z.never({ error: PASSWORD }).optional(),
    password_file: absolutePath.optional().describe('File with the password.'),
    database: z
      .int({ error: DATABASE })
      .min(0, { error: DATABASE })
      .max(65_535, { error: DATABASE })
      .optional()
      .describe('Number of the database.'),
    info: z
      .boolean({ error: 'expected true or false' })
      .default(false)
      .describe('true: memory, clients and more of INFO become fettle_probe_value.'),
    role: z
      .enum(['master', 'replica'], { error: 'expected master or replica' })
      .optional()
      .describe('What it must be: master or replica.'),
    addresses,
  })
  .refine(
    ({ socket, host: named, port: numbered, tls: secured, addresses: networks }) =>
      socket === undefined || [named, numbered, secured, networks].every((one) => one === undefined),
    { error: 'expected neither host, port, tls nor addresses beside a socket', path: ['socket'] },
  )
  .refine(({ username, password_file }) => username === undefined || password_file !== undefined, {
    error: 'expected password_file beside a user',
    path: ['username'],
  })
  .transform(
    (given): RedisSettings => ({
      target:
        given.socket === undefined
          ? { host: given.host ?? '127.0.0.1', port: given.port ?? 6379 }
          : { socket: given.socket },
      tls: given.tls === true ? { insecure: false } : given.tls,
      username: given.username,
      passwordFile: given.password_file,
      database: given.database,
      info: given.info,
      role: given.role,
      addresses: given.addresses,
    }),
  );
