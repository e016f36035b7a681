import { ProbeFault } from '../../domain/probes/fault.ts';
import type { RedisSettings } from '../../domain/probes/redis.ts';
import { type Connection, openConnection } from '../../host/net/connection.ts';
import { type Destination, whereOf } from '../../host/net/open-socket.ts';
import { createTlsFiles } from '../../host/net/tls-files.ts';
import type { Ask, Findings } from './asking.ts';
import type { ProbeDeps } from './deps.ts';
import { errorFault, judgeRole } from './judge-redis.ts';
import { infoValues, parseInfo } from './redis-info.ts';
import { type RespReply, readReply, respCommand } from './resp.ts';

/** `INFO` has some 6 KiB; with many modules, replicas and databases it is longer. */
const MOST_BYTES = 1024 * 1024;

/** Asks a Redis `PING`, after `AUTH` and `SELECT` where they are wanted, and perhaps `INFO`. */
export function askRedis(
  settings: RedisSettings,
  deps: Pick<ProbeDeps, 'resolve' | 'elapsedMs' | 'readSecret' | 'tlsContexts'>,
): Ask {
  const { target, tls, addresses, passwordFile } = settings;
  const material = tls === undefined ? undefined : createTlsFiles(tls, deps);

  async function destination(): Promise<Destination> {
    if ('socket' in target) return { kind: 'unix', path: target.socket };
    return { kind: 'tcp', ...target, addresses, tls: await material?.() };
  }

  return async (signal, found) => {
    found.stage = 'reading the files of secrets';
    const password = passwordFile && (await readPassword(passwordFile, deps));
    const to = await destination();
    const where = whereOf(to);
    found.stage = `connecting to ${where}`;
    const connection = await openConnection({ to, maxBytes: MOST_BYTES, signal, found }, deps);
    try {
      await talk(createConversation(connection, where, found), where, settings, password, found);
    } finally {
      connection.close();
    }
  };
}

async function readPassword(path: string, { readSecret }: Pick<ProbeDeps, 'readSecret'>): Promise<string> {
  const password = (await readSecret(path)).replace(/\r?\n$/, '');
  if (password !== '') return password;
  throw new ProbeFault('unreadable', `${path}: expected a password, and it is empty`);
}

/** Says a command, and gives the answer. Throws ProbeFault for an error, and for what is no answer of Redis. */
type Conversation = (...command: readonly string[]) => Promise<RespReply>;

async function talk(
  say: Conversation,
  where: string,
  { username, database, info, role }: RedisSettings,
  password: string | undefined,
  found: Findings,
): Promise<void> {
  if (password !== undefined) {
    await say('AUTH', ...(username === undefined ? [] : [username]), password);
  }
  if (database !== undefined) await say('SELECT', String(database));
  const pong = await say('PING');
  if (pong.kind !== 'status' || pong.text !== 'PONG') {
    throw new ProbeFault('content', `${where} answered PING with something else than PONG`);
  }
  if (!info && role === undefined) return;
  const told = await say('INFO');
  if (told.kind !== 'bulk' || told.text === undefined) {
    throw new ProbeFault('protocol', `${where} answered INFO with something else than a text`);
  }
  const fields = parseInfo(told.text);
  if (info) for (const [name, value] of infoValues(fields)) found.values.set(name, value);
  judgeRole(where, role, fields);
}

function createConversation(connection: Connection, where: string, found: Findings): Conversation {
  let unread: Buffer = Buffer.alloc(0);

  async function reply(asked: string): Promise<RespReply> {
    for (;;) {
      const read = readReply(unread);
      if (read.kind === 'reply') {
        unread = read.rest;
        return read.reply;
      }
      if (read.kind === 'rubbish') throw rubbish(where, asked, unread);
      const part = await connection.read();
      if (part === undefined) {
        throw new ProbeFault('connection', `${where} ended the connection before it answered ${asked}`);
      }
      unread = Buffer.concat([unread, part]);
    }
  }

  return async (...command) => {
    const [asked = ''] = command;
    found.stage = `waiting for ${where} to answer ${asked}`;
    await connection.write(respCommand(...command));
    const answer = await reply(asked);
    if (answer.kind === 'error') throw errorFault(where, asked, answer.text);
    return answer;
  };
}

/** Nothing of what came is told: it may be an echo of the password. */
function rubbish(where: string, asked: string, bytes: Buffer): ProbeFault {
  const start = bytes.toString('latin1', 0, 5);
  const hint =
    start === 'HTTP/' ? 'this is HTTP' : start.startsWith('SSH-') ? 'this is SSH' : 'see what listens there';
  return new ProbeFault('protocol', `${where} answered ${asked} with what is not Redis; ${hint}`);
}
