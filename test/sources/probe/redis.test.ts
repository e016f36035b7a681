import type { Socket } from 'node:net';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { infoValues, parseInfo } from '../../../src/sources/probe/redis-info.ts';
import { readReply, respCommand } from '../../../src/sources/probe/resp.ts';
import { type Behaviour, startPeer } from '../../fakes/peer.ts';
import { tempFolder } from '../../fakes/temp-folder.ts';
import { outcomeOf } from './asked.ts';

/** Found nowhere else. */
const SECRET = 'mark3d-s3cret-of-redis';

/** What comes of asking a server that answers so. */
async function askedOf(
  answer: string | Behaviour,
  settings: object = {},
  { meet, timeout = '20s' }: { meet?: (socket: Socket) => void; timeout?: string } = {},
) {
  const hear: Behaviour = typeof answer === 'string' ? (socket) => socket.write(answer) : answer;
  const peer = await startPeer({ hear, ...(meet === undefined ? {} : { meet }) });
  const outcome = await outcomeOf({ timeout, redis: { host: '127.0.0.1', port: peer.port, ...settings } });
  return { peer, outcome, failure: outcome.failure };
}

const password_file = () => join(tempFolder({ password: `${SECRET}\n` }), 'password');

/** Writes again and again until nobody listens. */
function flood(socket: Socket, part: string): void {
  const more = () => {
    while (!socket.destroyed && socket.write(part));
  };
  socket.on('drain', more);
  more();
}

describe('a Redis that answers', () => {
  it('is asked in its own words, one after the other', async () => {
    const answers = ['+OK\r\n', '+OK\r\n', '+PONG\r\n', '$12\r\nrole:master\n\r\n'];
    const { peer, failure } = await askedOf((socket) => socket.write(answers.shift() ?? ''), {
      username: 'monitor',
      password_file: password_file(),
      database: 3,
      role: 'master',
    });
    expect(failure).toBeUndefined();
    expect(peer.heard()).toBe(
      `*3\r\n$4\r\nAUTH\r\n$7\r\nmonitor\r\n$${SECRET.length}\r\n${SECRET}\r\n` +
        '*2\r\n$6\r\nSELECT\r\n$1\r\n3\r\n*1\r\n$4\r\nPING\r\n*1\r\n$4\r\nINFO\r\n',
    );
  });

  it('may do so a byte at a time', async () => {
    const { failure } = await askedOf((socket) => {
      for (const [index, byte] of [...'+PONG\r\n'].entries()) {
        setTimeout(() => socket.write(byte), index * 5);
      }
    });
    expect(failure).toBeUndefined();
  });

  it.each<[string, string, RegExp]>([
    ['-NOAUTH Authentication required.', 'authentication', /-NOAUTH: it wants a password/],
    ['-WRONGPASS invalid username-password pair', 'authentication', /-WRONGPASS/],
    ['-ERR invalid password', 'authentication', /the password is wrong/],
    ['-LOADING Redis is loading the dataset in memory', 'loading', /-LOADING: it still loads/],
    ['-MISCONF Redis is configured to save RDB snapshots', 'misconfigured', /-MISCONF/],
    ['-DENIED Redis is running in protected mode', 'misconfigured', /protected mode/],
    ['-MASTERDOWN Link with MASTER is down', 'content', /-MASTERDOWN/],
    ['-BUSY Redis is busy running a script', 'content', /SCRIPT KILL/],
    ['-ERR max number of clients reached', 'content', /maxclients/],
    ['-WHATEVER this is', 'content', /an error that fettle does not know/],
    ['-', 'content', /an error that fettle does not know/],
    ['+PANG', 'content', /something else than PONG/],
    ['$4\r\nPONG', 'content', /something else than PONG/],
    [':1', 'content', /something else than PONG/],
  ])('%s is a failure', async (answer, reason, detail) => {
    const { failure } = await askedOf(`${answer}\r\n`);
    expect(failure).toEqual({ reason, detail: expect.stringMatching(detail) });
  });

  it('says what is wrong as soon as it is connected to', async () => {
    const { failure } = await askedOf(
      () => undefined,
      {},
      {
        meet: (socket) => socket.end('-ERR max number of clients reached\r\n'),
      },
    );
    expect(failure).toMatchObject({ reason: 'content', detail: expect.stringMatching(/maxclients/) });
  });
});

describe('what listens and is no Redis', () => {
  it.each<[string, string, RegExp]>([
    ['speaks HTTP', 'HTTP/1.1 400 Bad Request\r\n\r\n', /this is HTTP/],
    ['speaks SSH', 'SSH-2.0-OpenSSH_9.2\r\n', /this is SSH/],
    ['speaks RESP 3', '%1\r\n+a\r\n', /not Redis/],
    ['gives a list', '*1\r\n+PONG\r\n', /not Redis/],
    ['gives a length that is none', '$x\r\n', /not Redis/],
    ['gives a huge length', '$9999999999\r\n', /not Redis/],
    ['never ends a line', `+${'x'.repeat(5000)}`, /not Redis/],
    ['gives bytes', '\0\u0001\u0002', /not Redis/],
  ])('%s: is told so', async (_, answer, detail) => {
    const { failure } = await askedOf(answer);
    expect(failure).toEqual({ reason: 'protocol', detail: expect.stringMatching(detail) });
  });

  it('sends back what it is sent: the password is not told', async () => {
    const { outcome } = await askedOf((socket, heard) => socket.write(heard), {
      password_file: password_file(),
    });
    expect(outcome.failure).toMatchObject({ reason: 'protocol' });
    expect(JSON.stringify(outcome)).not.toContain(SECRET);
  });

  it('repeats the password in its errors: it is not told', async () => {
    for (const answer of [`-ERR ${SECRET}\r\n`, `-${SECRET}\r\n`, `+${SECRET}\r\n`, `$${SECRET}\r\n`]) {
      const { outcome } = await askedOf(answer, { password_file: password_file(), info: true });
      expect(JSON.stringify([...outcome.values, outcome])).not.toContain(SECRET);
    }
  });

  it('sends a gigabyte: it is cut off', async () => {
    const { peer, failure } = await askedOf((socket) => {
      socket.write('$999999999\r\n');
      flood(socket, 'x'.repeat(65_536));
    });
    expect(failure).toMatchObject({ reason: 'too_large' });
    expect(peer.bytesSent()).toBeLessThan(32 * 1024 * 1024);
  });

  it('hangs: it is over in time, and said where', async () => {
    const { failure } = await askedOf(() => undefined, {}, { timeout: '100ms' });
    expect(failure).toEqual({ reason: 'timeout', detail: expect.stringMatching(/to answer PING$/) });
  });

  it('sends a byte now and then: it is over in time', async () => {
    const { failure } = await askedOf(
      (socket) => {
        const timer = setInterval(() => socket.write('+'), 20);
        socket.on('close', () => clearInterval(timer));
      },
      {},
      { timeout: '200ms' },
    );
    expect(failure).toMatchObject({ reason: 'timeout' });
  });

  it('hangs up', async () => {
    const { failure } = await askedOf((socket) => socket.end('+PO'));
    expect(failure).toEqual({
      reason: 'connection',
      detail: expect.stringMatching(/ended the connection before it answered PING/),
    });
  });
});

describe('a password', () => {
  it('that is not there, or empty, is missed', async () => {
    for (const file of [join(tempFolder(), 'none'), join(tempFolder({ password: '\n' }), 'password')]) {
      const { failure, peer } = await askedOf('+PONG\r\n', { password_file: file });
      expect(failure).toMatchObject({ reason: 'unreadable', detail: expect.stringContaining(file) });
      expect(peer.connections()).toBe(0);
    }
  });
});

describe('a reply', () => {
  it('is the same however it is cut', () => {
    const bulk = Buffer.from('$11\r\nrole:master\r\n+NEXT');
    for (let cut = 0; cut < 18; cut += 1) {
      expect(readReply(bulk.subarray(0, cut))).toEqual({ kind: 'more' });
    }
    expect(readReply(bulk)).toEqual({
      kind: 'reply',
      reply: { kind: 'bulk', text: 'role:master' },
      rest: Buffer.from('+NEXT'),
    });
    expect(readReply(Buffer.from('$-1\r\n'))).toMatchObject({ reply: { kind: 'bulk', text: undefined } });
  });

  it('may be any bytes, and nothing is thrown', () => {
    const bytes = fc.oneof(
      fc.uint8Array(),
      fc
        .string({ unit: fc.constantFrom('+', '-', ':', '$', '1', '0', '\r', '\n', 'x') })
        .map((text) => Buffer.from(text)),
    );
    fc.assert(
      fc.property(bytes, (some) => ['reply', 'more', 'rubbish'].includes(readReply(Buffer.from(some)).kind)),
    );
  });

  it('is asked for with lengths in bytes', () => {
    expect(respCommand('AUTH', 'pä').toString()).toBe('*2\r\n$4\r\nAUTH\r\n$3\r\npä\r\n');
  });
});

describe('INFO', () => {
  it('is told in our words, and what is not known is left out', () => {
    const info = parseInfo(
      '# Server\r\nuptime_in_seconds:12\r\nrole:slave\r\nmaster_link_status:down\r\nmaster_last_io_seconds_ago:-1\r\n' +
        'maxmemory:0\r\nused_memory:1x\r\nrdb_last_bgsave_status:err\r\nconnected_clients:99999999999999999999\r\n',
    );
    expect(Object.fromEntries(infoValues(info))).toEqual({
      uptime_seconds: 12,
      is_master: 0,
      master_link_up: 0,
      last_save_ok: 0,
    });
  });
});
