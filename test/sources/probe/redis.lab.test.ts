import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { tempFolder } from '../../fakes/temp-folder.ts';
import { describeRedis } from '../../lab/describe-lab.ts';
import { type LabRedis, sayToRedis, startRedis } from '../../lab/redis.ts';
import { waitFor } from '../../lab/wait.ts';
import { outcomeOf } from './asked.ts';

const TLS = new URL('../../fakes/tls/', import.meta.url).pathname;

/** Found nowhere else. */
const SECRET = 'mark3d-s3cret-of-redis';

function secretFile(text: string = `${SECRET}\n`): string {
  return join(tempFolder({ password: text }), 'password');
}

function ask({ host, port }: LabRedis, settings: object = {}) {
  return outcomeOf({ redis: { host, port, ...settings } });
}

describeRedis('a real Redis', () => {
  it('answers at its port and at its socket', async () => {
    const redis = await startRedis();
    const { failure, phases, values } = await ask(redis);
    expect(failure).toBeUndefined();
    expect(Object.keys(phases ?? {})).toContain('connect');
    expect(values).toEqual(new Map());
    expect((await outcomeOf({ redis: { socket: redis.socket } })).failure).toBeUndefined();
    expect((await ask(redis, { database: 15 })).failure).toBeUndefined();
    expect((await ask(redis, { database: 16 })).failure).toEqual({
      reason: 'content',
      detail: expect.stringMatching(/answered SELECT with there is no such database/),
    });
  });

  it('tells of itself', async () => {
    const redis = await startRedis({ args: ['--maxmemory', '100mb'] });
    const { values } = await ask(redis, { info: true, role: 'master' });
    expect(values.get('connected_clients')).toBe(1);
    expect(values.get('max_memory_bytes')).toBe(100 * 1024 * 1024);
    expect(values.get('used_memory_bytes')).toBeGreaterThan(100_000);
    expect(Object.fromEntries(values)).toMatchObject({
      is_master: 1,
      last_save_ok: 1,
      connected_replicas: 0,
    });
    expect((await ask(redis, { role: 'replica' })).failure).toMatchObject({
      reason: 'content',
      detail: expect.stringMatching(/is a master; expected a replica/),
    });
  });

  it('wants its password, and the right one, and tells it nobody', async () => {
    const redis = await startRedis({ args: ['--requirepass', SECRET] });
    const open = await ask(redis);
    expect(open.failure).toEqual({
      reason: 'authentication',
      detail: expect.stringMatching(/answered PING with -NOAUTH: .*password_file/),
    });
    expect((await ask(redis, { password_file: secretFile() })).failure).toBeUndefined();
    // The same without the last letter: it must not be told either.
    const wrong = await ask(redis, { password_file: secretFile(SECRET.slice(0, -1)) });
    expect(wrong.failure).toEqual({
      reason: 'authentication',
      detail: expect.stringMatching(/AUTH with -WRONGPASS/),
    });
    expect(JSON.stringify([open, wrong])).not.toContain(SECRET.slice(0, -1));
  });

  it('knows users, and what they may not do', async () => {
    const redis = await startRedis();
    expect(await sayToRedis(redis, 'ACL', 'SETUSER', 'monitor', 'on', `>${SECRET}`, '+ping')).toBe('+OK\r\n');
    const user = { username: 'monitor', password_file: secretFile() };
    expect((await ask(redis, user)).failure).toBeUndefined();
    expect((await ask(redis, { ...user, info: true })).failure).toEqual({
      reason: 'authentication',
      detail: expect.stringMatching(/answered INFO with -NOPERM/),
    });
    const unneeded = await ask(redis, { password_file: secretFile() });
    expect(unneeded.failure).toEqual({
      reason: 'authentication',
      detail: expect.stringMatching(/takes none; leave out password_file/),
    });
    expect(JSON.stringify(unneeded)).not.toContain(SECRET);
  });

  it('whose AUTH has been renamed repeats the password, which is not told', async () => {
    const redis = await startRedis({ args: ['--rename-command', 'AUTH', ''] });
    expect(await sayToRedis(redis, 'AUTH', SECRET)).toContain(SECRET);
    const outcome = await ask(redis, { password_file: secretFile() });
    expect(outcome.failure).toMatchObject({
      reason: 'content',
      detail: expect.stringMatching(/does not know this command/),
    });
    expect(JSON.stringify(outcome)).not.toContain(SECRET);
  });

  it('answers over TLS, with a certificate that is looked at', async () => {
    const plain = await startRedis();
    const certificate = ['--tls-cert-file', `${TLS}server.crt`, '--tls-key-file', `${TLS}server.key`];
    const args = [...certificate, '--tls-ca-cert-file', `${TLS}ca.crt`, '--tls-auth-clients', 'no'];
    // A port that was free a moment ago.
    await plain.end('SIGKILL');
    const redis = await startRedis({ args: ['--tls-port', String(plain.port), ...args] });
    const secured = { ...redis, port: plain.port };
    const well = await ask(secured, { tls: { ca_file: `${TLS}ca.crt` } });
    expect(well.failure).toBeUndefined();
    expect(well.certificateExpirySeconds).toBeGreaterThan(4_000_000_000);
    expect((await ask(secured, { tls: true })).failure).toMatchObject({ reason: 'certificate' });
    // A Redis without TLS waits for the end of a line, and there is none in a greeting.
    const { host, port } = redis;
    const deaf = await outcomeOf({ timeout: '300ms', redis: { host, port, tls: true } });
    expect(deaf.failure).toEqual({ reason: 'timeout', detail: expect.stringMatching(/connecting to/) });
    expect((await ask(secured)).failure).toMatchObject({
      reason: expect.stringMatching(/^(?:protocol|connection)$/),
    });
  });

  it('loads its data', async () => {
    const first = await startRedis({ args: ['--enable-debug-command', 'yes'] });
    await sayToRedis(first, 'DEBUG', 'POPULATE', '2000');
    expect(await sayToRedis(first, 'SAVE')).toBe('+OK\r\n');
    await first.end('SIGKILL');
    // 2 ms a key, and others get their turn in between.
    const slow = ['--key-load-delay', '2000', '--loading-process-events-interval-bytes', '1024'];
    const redis = await startRedis({ folder: first.folder, args: slow, ready: /Server initialized/ });
    const { failure } = await waitFor('it answers', async () => {
      const outcome = await ask(redis);
      return outcome.failure?.reason === 'refused' ? undefined : outcome;
    });
    expect(failure).toEqual({ reason: 'loading', detail: expect.stringMatching(/-LOADING: it still loads/) });
    await waitFor('it is well', async () => (await ask(redis)).failure === undefined || undefined, {
      timeoutMs: 30_000,
    });
  });

  it('that cannot save is misconfigured, also by PING', async () => {
    const data = tempFolder();
    const redis = await startRedis({ args: ['--save', '3600 1', '--dir', data] });
    expect(await sayToRedis(redis, 'SET', 'x', '1')).toBe('+OK\r\n');
    // Whatever user it runs as: it has no folder any more.
    rmSync(data, { recursive: true });
    await sayToRedis(redis, 'BGSAVE');
    const failure = await waitFor('it has tried', async () => (await ask(redis)).failure);
    expect(failure).toEqual({
      reason: 'misconfigured',
      detail: expect.stringMatching(/PING with -MISCONF: it cannot save/),
    });
  });

  it('that is a replica tells whether it has its master', async () => {
    const master = await startRedis();
    const replica = await startRedis({
      args: ['--replicaof', `127.0.0.1 ${master.port}`, '--replica-serve-stale-data', 'no'],
    });
    await waitFor('it has its master', async () => (await ask(replica)).failure === undefined || undefined, {
      timeoutMs: 30_000,
    });
    const { values, failure } = await ask(replica, { info: true, role: 'replica' });
    expect(failure).toBeUndefined();
    expect(Object.fromEntries(values)).toMatchObject({ is_master: 0, master_link_up: 1 });
    await master.end('SIGKILL');
    const down = await waitFor('it has seen that', async () => (await ask(replica)).failure);
    expect(down).toEqual({ reason: 'content', detail: expect.stringMatching(/-MASTERDOWN/) });
  });

  it('that has gone, or is stopped, does not answer', async () => {
    const redis = await startRedis();
    process.kill(redis.pid, 'SIGSTOP');
    const { failure } = await outcomeOf({ timeout: '300ms', redis: { host: redis.host, port: redis.port } });
    expect(failure).toEqual({
      reason: 'timeout',
      detail: expect.stringMatching(/waiting for 127.0.0.1:\d+ to answer PING/),
    });
    await redis.end('SIGKILL');
    expect((await ask(redis)).failure).toMatchObject({ reason: 'refused' });
    expect((await outcomeOf({ redis: { socket: `${redis.socket}.none` } })).failure).toMatchObject({
      reason: 'refused',
    });
  });
});
