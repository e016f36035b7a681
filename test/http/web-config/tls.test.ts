import { X509Certificate } from 'node:crypto';
import { request as plainRequest, type RequestListener, type Server } from 'node:http';
import { connect } from 'node:net';
import { TLSSocket, connect as tlsConnect } from 'node:tls';
import { describe, expect, it, onTestFinished } from 'vitest';
import { pem } from '../../fakes/pem.ts';
import { waitFor } from '../../lab/wait.ts';
import { secured, withTls } from './secured.ts';

const CLIENT = { cert: pem('client.crt'), key: pem('client.key') };
const STRANGER = { cert: pem('stranger.crt'), key: pem('stranger.key') };
const SERVER_AS_CLIENT = { cert: pem('server.crt'), key: pem('server.key') };
const CA = 'client_ca_file: ca.crt';

const serialOf = (name: string) => new X509Certificate(pem(name)).serialNumber;

describe('a listener with tls_server_config', () => {
  it('answers over TLS with its certificate', async () => {
    const { ask } = await secured(withTls());
    expect(await ask()).toMatchObject({
      status: 200,
      body: 'here',
      protocol: 'TLSv1.3',
      serverSerial: serialOf('server.crt'),
    });
  });

  it('takes certificate, key and authority out of the configuration itself', async () => {
    const block = (name: string) => pem(name).trim().replaceAll('\n', '\n    ');
    const { ask } = await secured(
      [
        'tls_server_config:',
        `  cert: |\n    ${block('server.crt')}`,
        `  key: |\n    ${block('server.key')}`,
        `  client_ca: |\n    ${block('ca.crt')}`,
        '  client_auth_type: RequireAndVerifyClientCert\n',
      ].join('\n'),
    );
    expect(await ask(CLIENT)).toMatchObject({ status: 200, serverSerial: serialOf('server.crt') });
    await expect(ask()).rejects.toThrow();
  });

  it('gives no answer to a client that speaks plain HTTP', async () => {
    const { port, lines } = await secured(withTls());
    const answer = new Promise((resolve, reject) => {
      plainRequest({ host: '127.0.0.1', port, agent: false }, resolve).on('error', reject).end();
    });
    await expect(answer).rejects.toMatchObject({ code: 'ECONNRESET' });
    expect(lines).toEqual([
      {
        level: 'warn',
        fields: { reason: 'ERR_SSL_HTTP_REQUEST', untold: 0 },
        message: 'client refused in the TLS handshake',
      },
    ]);
  });

  it('speaks HTTP/1.1 with a client that would like HTTP/2', async () => {
    const { port } = await secured(withTls());
    const socket = tlsConnect({
      port,
      host: '127.0.0.1',
      ca: pem('ca.crt'),
      ALPNProtocols: ['h2', 'http/1.1'],
    });
    await new Promise<void>((resolve) => socket.once('secureConnect', () => resolve()));
    expect(socket.alpnProtocol).toBe('http/1.1');
    socket.destroy();
  });

  it('goes on after clients that send rubbish, hang up, or show no certificate', async () => {
    const { ask, port, lines } = await secured(withTls(CA, 'client_auth_type: RequireAndVerifyClientCert'));
    const rubbish = connect(port, '127.0.0.1').on('error', () => undefined);
    const ended = new Promise<void>((resolve) => rubbish.once('close', () => resolve()));
    rubbish.resume().end('\0\0 no handshake \r\n\r\n');
    await ended;
    connect(port, '127.0.0.1', function hangUp(this: ReturnType<typeof connect>) {
      this.destroy();
    });
    for (let client = 0; client < 20; client++) await expect(ask()).rejects.toThrow();
    expect(await ask(CLIENT)).toMatchObject({ status: 200 });
    expect(lines).toHaveLength(1);
  });

  it('ends a connection on which no handshake comes in time', async () => {
    const { security } = await secured(withTls());
    const server = security.listener().createServer({ handshakeTimeout: 20 }, () => undefined);
    onTestFinished(() => void server.close());
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const socket = connect(portOf(server), '127.0.0.1');
    await new Promise<void>((resolve) => socket.once('close', () => resolve()));
    expect(socket.bytesRead).toBe(0);
  });
});

describe('client_auth_type', () => {
  const clients = { nobody: {}, client: CLIENT, stranger: STRANGER, 'a server': SERVER_AS_CLIENT };
  type Client = keyof typeof clients;

  it.each<readonly [string, readonly Client[]]>([
    ['NoClientCert', ['nobody', 'client', 'stranger', 'a server']],
    ['RequestClientCert', ['nobody', 'client', 'stranger', 'a server']],
    ['RequireAnyClientCert', ['client', 'stranger', 'a server']],
    ['RequireClientCert', ['client', 'stranger', 'a server']],
    ['VerifyClientCertIfGiven', ['nobody', 'client']],
    ['RequireAndVerifyClientCert', ['client']],
  ])('%s lets in %j', async (type, expected) => {
    const verifies = type.includes('Verify');
    const { ask } = await secured(withTls(`client_auth_type: ${type}`, ...(verifies ? [CA] : [])));
    for (const [name, shown] of Object.entries(clients)) {
      for (const maxVersion of ['TLSv1.2', 'TLSv1.3'] as const) {
        const entered = await ask({ ...shown, maxVersion }).then(
          ({ body }) => body === 'here',
          () => false,
        );
        expect([name, maxVersion, entered]).toEqual([name, maxVersion, expected.some((one) => one === name)]);
      }
    }
  });

  it.each([
    ['NoClientCert', undefined],
    ['RequestClientCert', serialOf('client.crt')],
  ])('%s asks a client that has a certificate, and gets %s', async (type, serial) => {
    const application: RequestListener = ({ socket }, response) => {
      const certificate = socket instanceof TLSSocket ? socket.getPeerX509Certificate() : undefined;
      response.end(String(certificate?.serialNumber));
    };
    const { ask } = await secured(withTls(`client_auth_type: ${type}`), { application });
    expect(await ask(CLIENT)).toMatchObject({ body: String(serial) });
  });

  it('tells the log why a client was refused, but only the first within a minute', async () => {
    const { ask, clock, lines } = await secured(withTls('client_auth_type: RequireAndVerifyClientCert', CA));
    await expect(ask(STRANGER)).rejects.toThrow();
    await expect(ask(STRANGER)).rejects.toThrow();
    await expect(ask()).rejects.toThrow();
    clock.ms += 60_000;
    await expect(ask()).rejects.toThrow();
    await waitFor('the second line', () => lines[1]);
    expect(lines.map(({ fields }) => fields)).toEqual([
      { reason: 'client certificate: DEPTH_ZERO_SELF_SIGNED_CERT', untold: 0 },
      { reason: 'ERR_SSL_PEER_DID_NOT_RETURN_A_CERTIFICATE', untold: 2 },
    ]);
  });

  it('resumes no session, whose verdict could be older than the settings', async () => {
    const { ask } = await secured(withTls('client_auth_type: RequireAndVerifyClientCert', CA));
    for (const maxVersion of ['TLSv1.2', 'TLSv1.3'] as const) {
      const { session } = await ask({ ...CLIENT, maxVersion });
      expect(await ask({ ...CLIENT, maxVersion, session })).toMatchObject({ status: 200, resumed: false });
      await expect(ask({ maxVersion, session })).rejects.toThrow();
    }
  });
});

describe('client_allowed_sans', () => {
  const verified = (...names: readonly string[]) =>
    withTls(
      'client_auth_type: RequireAndVerifyClientCert',
      CA,
      `client_allowed_sans: ${JSON.stringify(names)}`,
    );

  it.each([
    'prometheus.test',
    '192.0.2.7',
    '2001:db8::7',
    '2001:0DB8:0:0:0:0:0:7',
    'ops@example.test',
    'spiffe://example.test/prometheus',
  ])('lets in a client whose certificate has %s', async (name) => {
    const { ask } = await secured(verified('other.test', name));
    expect(await ask(CLIENT)).toMatchObject({ body: 'here' });
  });

  it.each(['test', '*.test', 'PROMETHEUS.test', 'prometheus.test.', 'fettle test client', '192.0.2.70'])(
    'does not take %s for one of its names',
    async (name) => {
      const { ask, lines } = await secured(verified(name));
      await expect(ask(CLIENT)).rejects.toThrow();
      await waitFor('a line', () => lines[0]);
      expect(lines[0]?.fields).toMatchObject({
        reason: 'the client certificate has none of client_allowed_sans',
      });
    },
  );

  it('does not take the name for more than the signature', async () => {
    const { ask } = await secured(verified('prometheus.test'));
    await expect(ask(STRANGER)).rejects.toThrow();
  });
});

describe('what is agreed on in the handshake', () => {
  it('is TLS 1.2 or 1.3 unless the configuration says more', async () => {
    const { ask } = await secured(withTls());
    expect(await ask({ maxVersion: 'TLSv1.2' })).toMatchObject({ protocol: 'TLSv1.2' });
    await expect(ask({ minVersion: 'TLSv1.1', maxVersion: 'TLSv1.1', ciphers: OLD })).rejects.toThrow();
  });

  it('is no version below min_version', async () => {
    const { ask } = await secured(withTls('min_version: TLS13'));
    expect(await ask()).toMatchObject({ protocol: 'TLSv1.3' });
    await expect(ask({ maxVersion: 'TLSv1.2' })).rejects.toThrow();
  });

  it('is no version above max_version', async () => {
    const { ask } = await secured(withTls('max_version: TLS12'));
    expect(await ask()).toMatchObject({ protocol: 'TLSv1.2' });
    await expect(ask({ minVersion: 'TLSv1.3' })).rejects.toThrow();
  });

  it('may be as old as TLS 1.0 where min_version says so', async () => {
    const { ask } = await secured(withTls('min_version: TLS10'));
    const answer = await ask({ minVersion: 'TLSv1', maxVersion: 'TLSv1', ciphers: OLD });
    expect(answer).toMatchObject({ protocol: 'TLSv1', body: 'here' });
  });

  it('is one of cipher_suites in TLS 1.2, and any in TLS 1.3', async () => {
    const { ask } = await secured(withTls('cipher_suites: [TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256]'));
    expect(await ask({ maxVersion: 'TLSv1.2' })).toMatchObject({ cipher: 'ECDHE-ECDSA-CHACHA20-POLY1305' });
    expect(await ask()).toMatchObject({ protocol: 'TLSv1.3' });
    const other = { maxVersion: 'TLSv1.2', ciphers: 'ECDHE-ECDSA-AES128-GCM-SHA256' } as const;
    await expect(ask(other)).rejects.toThrow();
  });

  it.each([
    ['true', 'ECDHE-ECDSA-AES256-GCM-SHA384'],
    ['false', 'ECDHE-ECDSA-AES128-GCM-SHA256'],
  ])('with prefer_server_cipher_suites: %s it is %s', async (prefer, cipher) => {
    const ours = 'TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384, TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256';
    const { ask } = await secured(
      withTls(`cipher_suites: [${ours}]`, `prefer_server_cipher_suites: ${prefer}`),
    );
    const ciphers = 'ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-ECDSA-AES256-GCM-SHA384';
    expect(await ask({ maxVersion: 'TLSv1.2', ciphers })).toMatchObject({ cipher });
  });

  it('uses one of curve_preferences', async () => {
    const { ask } = await secured(withTls('curve_preferences: [CurveP384]'));
    expect(await ask({ ecdhCurve: 'P-384' })).toMatchObject({ body: 'here' });
    await expect(ask({ ecdhCurve: 'X25519' })).rejects.toThrow();
  });
});

/** OpenSSL signs with SHA-1, as TLS before 1.2 does, only at this level. */
const OLD = 'ECDHE-ECDSA-AES128-SHA:@SECLEVEL=0';

function portOf(server: Server): number {
  const address = server.address();
  return typeof address === 'object' && address !== null ? address.port : 0;
}
