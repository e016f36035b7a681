import { describe, expect, it } from 'vitest';
import { startPeer } from '../../fakes/peer.ts';
import { tempFolder } from '../../fakes/temp-folder.ts';
import { outcomeOf } from './asked.ts';

const TLS = new URL('../../fakes/tls/', import.meta.url).pathname;

type Meeting = Parameters<typeof startPeer>[0];

async function asked(meeting: Meeting, tcp: object = {}, words: object = {}) {
  const peer = await startPeer(meeting);
  return {
    peer,
    outcome: await outcomeOf({ ...words, tcp: { host: '127.0.0.1', port: peer.port, ...tcp } }),
  };
}

/** Greets, and answers each line with its capitals. */
const SHOUTING: Meeting = {
  meet: (socket) => socket.write('220 hello\r\n'),
  hear: (socket, heard) => heard.endsWith('\n') && socket.write(heard.toUpperCase()),
};

describe('a probe over TCP', () => {
  it('is content with a connection, if there is nothing to say', async () => {
    const { outcome } = await asked({});
    expect(outcome.failure).toBeUndefined();
    expect(Object.keys(outcome.phases ?? {})).toEqual(['resolve', 'connect']);
  });

  it('has a conversation', async () => {
    const { outcome, peer } = await asked(SHOUTING, {
      steps: [{ expect: '^220 ' }, { send: 'ping\r\n' }, { expect: '^PING\r\n$' }],
    });
    expect(outcome.failure).toBeUndefined();
    expect(peer.heard()).toBe('ping\r\n');
  });

  it('finds what comes in parts', async () => {
    const { outcome } = await asked(
      {
        meet(socket) {
          const parts = ['re', 'a', 'dy'];
          const timer = setInterval(() => socket.write(parts.shift() ?? '.'), 20);
          socket.on('close', () => clearInterval(timer));
        },
      },
      { steps: [{ expect: 'ready' }] },
    );
    expect(outcome.failure).toBeUndefined();
  });

  it('looks for an answer only in what came after the question', async () => {
    const steps = [{ expect: 'hello' }, { send: 'x\n' }, { expect: 'hello' }];
    const { outcome } = await asked(SHOUTING, { steps }, { timeout: '300ms' });
    expect(outcome.failure?.reason).toBe('timeout');
    expect(outcome.failure?.detail).toContain('waiting for what fits hello (step 3)');
  });

  it.each<[string, Meeting, string]>([
    ['who ends it before the answer', { meet: (socket) => socket.end('bye') }, 'content'],
    ['who breaks it off', { meet: (socket) => socket.resetAndDestroy() }, 'connection'],
    ['who says too much', { meet: (socket) => socket.write('x'.repeat(100_000)) }, 'too_large'],
  ])('fails with one %s', async (_, meeting, reason) => {
    const { outcome } = await asked(meeting, { steps: [{ expect: 'ready' }] });
    expect(outcome.failure?.reason).toBe(reason);
  });

  it('gives up on one who says nothing', async () => {
    const { outcome } = await asked({}, { steps: [{ expect: 'ready' }] }, { timeout: '300ms' });
    expect(outcome.failure?.reason).toBe('timeout');
  });

  it('talks over TLS, and tells when the certificate ends; not with one that is not to be trusted', async () => {
    const peer = await startPeer(SHOUTING, 'server');
    const ask = (tls: unknown) =>
      outcomeOf({
        tcp: { host: 'localhost', port: peer.port, tls, steps: [{ send: 'ping\n' }, { expect: 'PING' }] },
      });
    const trusted = await ask({ ca_file: `${TLS}ca.crt` });
    expect(trusted.failure).toBeUndefined();
    expect(trusted.certificateExpirySeconds).toBeGreaterThan(Date.now() / 1000);
    expect((await ask(true)).failure?.reason).toBe('certificate');
    expect(peer.heard()).toBe('ping\n');
  });

  it('sends a secret of a file, and never tells it', async () => {
    const secret = `${tempFolder({ secret: 'AUTH m4rked\n' })}/secret`;
    const steps = [{ send_file: secret }, { expect: 'nothing of that kind' }];
    const { outcome, peer } = await asked(
      { hear: (socket) => socket.end('unknown command: AUTH m4rked\n') },
      { steps },
    );
    expect(peer.heard()).toBe('AUTH m4rked\n');
    expect(outcome.failure?.reason).toBe('content');
    expect(outcome.notes).toContain('answer (step 2): not shown: this probe sends a secret');
    expect(JSON.stringify(outcome)).not.toContain('m4rked');
  });

  it('does not tell the part of a secret either that has come when the answer fits', async () => {
    const send_file = `${tempFolder({ secret: 'AUTH m4rked-secret\n' })}/secret`;
    const { outcome } = await asked(
      { hear: (socket) => socket.write('unknown: AUTH m4rked') },
      { steps: [{ send_file }, { expect: 'unknown' }] },
    );
    expect(outcome.failure).toBeUndefined();
    expect(JSON.stringify(outcome)).not.toContain('m4rk');
  });

  it('looks at the first 256 KiB of an answer', async () => {
    const meeting: Meeting = { meet: (socket) => socket.write(`${'x'.repeat(300_000)}ready`) };
    const { outcome } = await asked(meeting, { max_bytes: '1MiB', steps: [{ expect: 'ready' }] });
    expect(outcome.failure).toEqual({
      reason: 'too_large',
      detail: 'step 1: the first 256 KiB that came have nothing that fits ready',
    });
  });

  it('finds what comes after much else', async () => {
    const meeting: Meeting = { meet: (socket) => socket.write(`${'x'.repeat(200_000)}ready`) };
    const { outcome } = await asked(meeting, { max_bytes: '1MiB', steps: [{ expect: 'ready$' }] });
    expect(outcome.failure).toBeUndefined();
  });
});
