import { X509Certificate } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { httpAnswer, startHttpPeer, startPeer } from '../../fakes/peer.ts';
import { pem } from '../../fakes/pem.ts';
import { tempFolder } from '../../fakes/temp-folder.ts';
import { outcomeOf, probeOf } from './asked.ts';

const TLS = new URL('../../fakes/tls/', import.meta.url).pathname;

const TOKEN = 'm4rked-token';

/** Asks a peer with this certificate, with a token that nobody but the right one may see. */
async function asked(certificate: string, tls: object, host = '127.0.0.1') {
  const peer = await startHttpPeer(httpAnswer('ok'), certificate);
  const outcome = await outcomeOf({
    http: {
      url: `https://${host}:${peer.port}/`,
      bearer_token_file: `${tempFolder({ token: TOKEN })}/token`,
      tls,
    },
  });
  return { outcome, peer };
}

function endOf(certificate: string): number {
  return Date.parse(new X509Certificate(pem(`${certificate}.crt`)).validTo) / 1000;
}

describe('a probe over HTTPS', () => {
  it.each(['127.0.0.1', 'localhost'])('trusts a certificate of the named authority for %s', async (host) => {
    const { outcome, peer } = await asked('server', { ca_file: `${TLS}ca.crt` }, host);
    expect(outcome.failure).toBeUndefined();
    expect(outcome.certificateExpirySeconds).toBe(Math.min(endOf('server'), endOf('ca')));
    expect(outcome.phases?.tls).toBeGreaterThan(0);
    expect(peer.heard()).toContain(TOKEN);
  });

  it.each([
    ['of an authority that is not known', 'server', {}, /issuer is not known/],
    ['that is signed by itself', 'lone', {}, /signed by itself/],
    ['that is for clients', 'stranger', {}, /another purpose/],
    ['that has expired', 'expired', { ca_file: `${TLS}expired.crt` }, /has expired.*ends 2021-01-01/],
    ['for another name', 'server', { ca_file: `${TLS}ca.crt`, server_name: 'other.test' }, /for other names/],
    ['of another authority', 'server', { ca_file: `${TLS}expired.crt` }, /issuer is not known/],
  ])('sends nothing to one with a certificate %s, and tells when it ends', async (_, name, tls, words) => {
    const { outcome, peer } = await asked(name, tls);
    expect(outcome.failure?.reason).toBe('certificate');
    expect(outcome.failure?.detail).toMatch(words);
    expect(outcome.certificateExpirySeconds).toBe(endOf(name));
    expect(outcome.httpStatus).toBeUndefined();
    expect(peer.heard()).toBe('');
  });

  it('trusts any certificate if told so, and still tells when it ends', async () => {
    const { outcome } = await asked('expired', { insecure: true });
    expect([outcome.failure, outcome.certificateExpirySeconds]).toEqual([undefined, endOf('expired')]);
  });

  it('is not moved by NODE_TLS_REJECT_UNAUTHORIZED', async () => {
    const before = process.env['NODE_TLS_REJECT_UNAUTHORIZED'];
    process.env['NODE_TLS_REJECT_UNAUTHORIZED'] = '0';
    try {
      const { outcome, peer } = await asked('stranger', {});
      expect([outcome.failure?.reason, peer.heard()]).toEqual(['certificate', '']);
    } finally {
      if (before === undefined) delete process.env['NODE_TLS_REJECT_UNAUTHORIZED'];
      else process.env['NODE_TLS_REJECT_UNAUTHORIZED'] = before;
    }
  });

  it('calls one who does not speak TLS so, and one who hangs up', async () => {
    const plain = await startPeer({ hear: (socket) => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n') });
    const closing = await startPeer({ meet: (socket) => socket.end() });
    for (const { port } of [plain, closing]) {
      const { failure } = await outcomeOf({ http: { url: `https://127.0.0.1:${port}/` } });
      expect(failure?.reason).toBe('tls');
    }
  });

  it('shows its own certificate, and another one as soon as the files hold it', async () => {
    const folder = tempFolder({ crt: pem('client.crt'), key: pem('client.key') });
    const peer = await startHttpPeer(httpAnswer('ok'), 'server');
    const probe = probeOf({
      http: {
        url: `https://127.0.0.1:${peer.port}/`,
        tls: { ca_file: `${TLS}ca.crt`, cert_file: `${folder}/crt`, key_file: `${folder}/key` },
      },
    });
    const ask = () => probe.ask(new AbortController().signal);
    expect([await ask(), await ask()].map(({ failure }) => failure)).toEqual([undefined, undefined]);
    writeFileSync(`${folder}/crt`, pem('stranger.crt'));
    writeFileSync(`${folder}/key`, pem('stranger.key'));
    expect((await ask()).failure).toBeUndefined();
    expect(peer.shown()).toEqual(['fettle test client', 'fettle test client', 'fettle test stranger']);
  });

  it.each([
    ['no certificate', { ca_file: `${TLS}make.sh` }],
    ['a key that fits no certificate', { cert_file: `${TLS}client.crt`, key_file: `${TLS}server.key` }],
    ['nothing', { ca_file: `${TLS}gone.crt` }],
  ])('says which file holds %s, and sends nothing', async (_, tls) => {
    const { outcome, peer } = await asked('server', tls);
    expect(outcome.failure?.reason).toBe('unreadable');
    expect(outcome.failure?.detail).toContain(TLS);
    expect(peer.connections()).toBe(0);
  });
});
