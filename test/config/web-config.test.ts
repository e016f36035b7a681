import { getCiphers } from 'node:tls';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatProblem } from '../../src/config/explain.ts';
import { CURVES, SUITES_12, SUITES_13 } from '../../src/config/tls-names.ts';
import { loadWebConfig } from '../../src/config/web-config.ts';
import type { TlsSettings, WebConfig } from '../../src/domain/web-config.ts';
import { anyText } from '../fakes/any-text.ts';

/** The problems of a text as a person sees them; none if it is in order. */
function problemsOf(text: string): readonly string[] {
  const loaded = loadWebConfig(text);
  return loaded.ok ? [] : loaded.problems.map((problem) => formatProblem('w.yml', problem));
}

function configOf(text: string): WebConfig {
  const loaded = loadWebConfig(text);
  if (!loaded.ok) throw new Error(problemsOf(text).join('\n'));
  return loaded.config;
}

/** A configuration with a certificate, and these keys of `tls_server_config` from line 4, column 3 on. */
function withTls(...keys: readonly string[]): string {
  return ['tls_server_config:', 'cert_file: a.crt', 'key_file: a.key', ...keys].join('\n  ');
}

function tlsOf(...keys: readonly string[]): TlsSettings {
  const { tls } = configOf(withTls(...keys));
  if (tls === undefined) throw new Error('there is no TLS');
  return tls;
}

const HASH = `$2y$10$${'a'.repeat(53)}`;
const BCRYPT = 'expected a bcrypt hash, one that begins with $2y$; make one with: htpasswd -nBC 10 USER';
const UNKNOWN = 'unknown key; remove it or mend its spelling';
const DURATION = 'expected a duration such as 1s or 100ms, or 0 for none';
const VERSION = 'expected TLS10, TLS11, TLS12 or TLS13';
const TYPES =
  'expected NoClientCert, RequestClientCert, RequireAnyClientCert, VerifyClientCertIfGiven, RequireAndVerifyClientCert';
const PEM = 'expected a text in PEM, one that begins with -----BEGIN';
const NEEDS_TYPE =
  'expected a client_auth_type that asks for certificates, such as RequireAndVerifyClientCert';
const NEEDS_REQUIRED =
  'expected client_auth_type: RequireAndVerifyClientCert; others need not show a certificate';

describe('loadWebConfig', () => {
  it.each([
    '',
    '# nothing\n',
    '{}',
    'basic_auth_users: {}\nrate_limit: {}\nhttp_server_config: {headers: {}}\n',
  ])('secures nothing for %j', (text) => {
    expect(configOf(text)).toEqual({
      tls: undefined,
      headers: new Map(),
      users: new Map(),
      rateLimit: undefined,
    });
  });

  it('fills in what exporter-toolkit fills in', () => {
    expect(tlsOf()).toEqual({
      certificate: { kind: 'file', path: 'a.crt' },
      key: { kind: 'file', path: 'a.key' },
      clientCa: undefined,
      clientAuth: 'NoClientCert',
      allowedSans: [],
      minVersion: 'TLSv1.2',
      maxVersion: 'TLSv1.3',
      cipherSuites: [...SUITES_13, ...SUITES_12.values()],
      curves: [],
      preferServerCipherSuites: true,
    });
  });

  it('takes everything that can be written', () => {
    const text = `
tls_server_config:
  cert: "-----BEGIN CERTIFICATE-----"
  key: "-----BEGIN PRIVATE KEY-----"
  client_ca: "-----BEGIN CERTIFICATE-----"
  client_auth_type: RequireAndVerifyClientCert
  client_allowed_sans: [prometheus.test, 10.0.0.1]
  min_version: TLS11
  max_version: TLS12
  cipher_suites: [TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA, TLS_AES_128_GCM_SHA256]
  curve_preferences: [X25519, CurveP521]
  prefer_server_cipher_suites: false
http_server_config:
  http2: false
  headers: {X-Frame-Options: sameorigin, X-XSS-Protection: ""}
basic_auth_users: {alice: ${HASH}, "": "$2a$05$${'b'.repeat(53)}"}
rate_limit: {interval: 500ms, burst: 20}
`;
    expect(configOf(text)).toEqual({
      tls: {
        certificate: { kind: 'inline', text: '-----BEGIN CERTIFICATE-----' },
        key: { kind: 'inline', text: '-----BEGIN PRIVATE KEY-----' },
        clientCa: { kind: 'inline', text: '-----BEGIN CERTIFICATE-----' },
        clientAuth: 'RequireAndVerifyClientCert',
        allowedSans: ['prometheus.test', '10.0.0.1'],
        minVersion: 'TLSv1.1',
        maxVersion: 'TLSv1.2',
        cipherSuites: [...SUITES_13, 'ECDHE-RSA-AES256-SHA'],
        curves: ['X25519', 'P-521'],
        preferServerCipherSuites: false,
      },
      headers: new Map([['X-Frame-Options', 'sameorigin']]),
      users: new Map([
        ['alice', `$2b$10$${'a'.repeat(53)}`],
        ['', `$2b$05$${'b'.repeat(53)}`],
      ]),
      rateLimit: { intervalSeconds: 0.5, burst: 20 },
    });
  });

  it('knows RequireClientCert, an older name', () => {
    expect(tlsOf('client_auth_type: RequireClientCert')).toMatchObject({
      clientAuth: 'RequireAnyClientCert',
    });
  });

  it('leaves TLS 1.3 alone with the suites of TLS 1.2, as Go does', () => {
    const { cipherSuites } = tlsOf('cipher_suites: [TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256]');
    expect(cipherSuites).toEqual([...SUITES_13, 'ECDHE-RSA-AES128-GCM-SHA256']);
    expect(tlsOf('cipher_suites: [TLS_AES_256_GCM_SHA384]').cipherSuites).toEqual(SUITES_13);
  });

  it('translates to suites and curves that Node has', () => {
    const ciphers = new Set(getCiphers());
    for (const suite of [...SUITES_12.values(), ...SUITES_13]) {
      expect(ciphers).toContain(suite.toLowerCase());
    }
    expect([...CURVES.keys()]).toEqual(['X25519', 'CurveP256', 'CurveP384', 'CurveP521']);
  });

  it.each<readonly [string, readonly string[]]>([
    ['a: [', [expect.stringMatching(/^w\.yml:1:5: /)]],
    ['a: &a [*a, *b]', [expect.stringMatching(/^w\.yml:1:\d+: /)]],
    ['- a', ['w.yml:1:1: expected a map of keys and values']],
    ['tls_config: {}', [`w.yml:1:1: tls_config: ${UNKNOWN}`]],
    ['tls_server_config:', ['w.yml:1:19: tls_server_config: expected a map of keys and values']],
    [
      'rate_limit: {}\ntls_server_config: {min_version: TLS12}',
      [
        'w.yml:2:20: tls_server_config.cert_file: missing: expected a file with the certificate of this server, or cert with its text',
        'w.yml:2:20: tls_server_config.key_file: missing: expected a file with the key of its certificate, or key with its text',
      ],
    ],
    [withTls('ca_file: x'), [`w.yml:4:3: tls_server_config.ca_file: ${UNKNOWN}`]],
    [
      withTls('cert: "-----BEGIN"', 'key: "-----BEGIN"'),
      [
        'w.yml:4:9: tls_server_config.cert: expected cert or cert_file, not both',
        'w.yml:5:8: tls_server_config.key: expected key or key_file, not both',
      ],
    ],
    ['tls_server_config: {cert: x, key_file: a}', [`w.yml:1:27: tls_server_config.cert: ${PEM}`]],
    [
      'tls_server_config: {cert_file: "", key_file: 7}',
      [
        'w.yml:1:32: tls_server_config.cert_file: expected a file name such as server.crt',
        'w.yml:1:46: tls_server_config.key_file: expected a file name such as server.crt',
      ],
    ],
    [withTls('client_auth_type: Require'), [`w.yml:4:21: tls_server_config.client_auth_type: ${TYPES}`]],
    [
      withTls('client_auth_type: VerifyClientCertIfGiven'),
      [
        'w.yml:2:3: tls_server_config.client_ca_file: missing: expected the authorities whose certificates VerifyClientCertIfGiven takes',
      ],
    ],
    [
      withTls('client_auth_type: RequireAndVerifyClientCert', 'client_ca: "-----BEGIN"', 'client_ca_file: a'),
      ['w.yml:5:14: tls_server_config.client_ca: expected client_ca or client_ca_file, not both'],
    ],
    [withTls('client_ca_file: a'), [`w.yml:4:19: tls_server_config.client_ca_file: ${NEEDS_TYPE}`]],
    [withTls('client_ca: "-----BEGIN"'), [`w.yml:4:14: tls_server_config.client_ca: ${NEEDS_TYPE}`]],
    ...['NoClientCert', 'RequestClientCert'].map(
      (type) =>
        [
          withTls(`client_auth_type: ${type}`, 'client_allowed_sans: [a]'),
          [`w.yml:5:24: tls_server_config.client_allowed_sans: ${NEEDS_REQUIRED}`],
        ] as const,
    ),
    [
      withTls('client_auth_type: RequireAnyClientCert', 'client_allowed_sans: []'),
      [
        'w.yml:5:24: tls_server_config.client_allowed_sans: expected at least one name; an empty list would let nobody in',
      ],
    ],
    [
      withTls('min_version: TLS1', 'max_version: 1.3'),
      [
        `w.yml:4:16: tls_server_config.min_version: ${VERSION}`,
        `w.yml:5:16: tls_server_config.max_version: ${VERSION}`,
      ],
    ],
    [
      withTls('min_version: TLS13', 'max_version: TLS12'),
      ['w.yml:5:16: tls_server_config.max_version: expected at least min_version, which is TLS13'],
    ],
    [
      withTls('max_version: TLS11'),
      ['w.yml:4:16: tls_server_config.max_version: expected at least min_version, which is TLS12'],
    ],
    [
      withTls('cipher_suites: [TLS_RSA_WITH_RC4_128_SHA]'),
      [
        expect.stringMatching(
          /^w\.yml:4:19: tls_server_config\.cipher_suites\[0\]: expected a cipher suite by the name that Go has for it: TLS_ECDHE_/,
        ),
      ],
    ],
    [
      withTls('max_version: TLS12', 'cipher_suites: [TLS_AES_128_GCM_SHA256]'),
      ['w.yml:5:18: tls_server_config.cipher_suites: expected a suite that TLS12 has'],
    ],
    [
      withTls('curve_preferences: [P256]'),
      [
        'w.yml:4:23: tls_server_config.curve_preferences[0]: expected X25519, CurveP256, CurveP384 or CurveP521',
      ],
    ],
    [
      withTls('prefer_server_cipher_suites: 1'),
      ['w.yml:4:32: tls_server_config.prefer_server_cipher_suites: expected true or false'],
    ],
    ['http_server_config: {http2: no}', ['w.yml:1:29: http_server_config.http2: expected true or false']],
    [
      'http_server_config: {headers: {Server: x}}',
      [`w.yml:1:32: http_server_config.headers.Server: ${UNKNOWN}`],
    ],
    [
      'http_server_config: {headers: {X-Frame-Options: DENY}}',
      ['w.yml:1:49: http_server_config.headers.X-Frame-Options: expected deny or sameorigin'],
    ],
    [
      'http_server_config: {headers: {X-Content-Type-Options: sniff}}',
      ['w.yml:1:56: http_server_config.headers.X-Content-Type-Options: expected nosniff'],
    ],
    [
      'http_server_config:\n  headers:\n    Content-Security-Policy: "a\\nSet-Cookie: b"',
      [
        'w.yml:3:30: http_server_config.headers.Content-Security-Policy: expected a value of one line, without control characters',
      ],
    ],
    ['basic_auth_users:', ['w.yml:1:18: basic_auth_users: expected a map of user names and bcrypt hashes']],
    [
      'basic_auth_users: [a]',
      ['w.yml:1:19: basic_auth_users: expected a map of user names and bcrypt hashes'],
    ],
    [
      `basic_auth_users:\n  alice: secret\n  bob: ${HASH}\n  carol: 7\n  __proto__: x\n`,
      [
        `w.yml:2:10: basic_auth_users.alice: ${BCRYPT}`,
        `w.yml:4:10: basic_auth_users.carol: ${BCRYPT}`,
        `w.yml:5:14: basic_auth_users.__proto__: ${BCRYPT}`,
      ],
    ],
    ...[
      `$2x$10$${'a'.repeat(53)}`,
      `$2y$03$${'a'.repeat(53)}`,
      `$2y$10$${'a'.repeat(52)}`,
      `$2y$10$${'-'.repeat(53)}`,
      `$5$${'a'.repeat(53)}`,
    ].map(
      (hash) => [`basic_auth_users: {a: ${hash}}`, [`w.yml:1:23: basic_auth_users.a: ${BCRYPT}`]] as const,
    ),
    [
      `basic_auth_users: {a: $2y$17$${'a'.repeat(53)}}`,
      [
        'w.yml:1:23: basic_auth_users.a: expected a bcrypt hash of cost 16 at most; with more, a check takes longer than a scrape may',
      ],
    ],
    [
      `basic_auth_users: {"a:b": ${HASH}}`,
      [
        'w.yml:1:27: basic_auth_users.a:b: expected a user name without a colon, which would end it in the Authorization header',
      ],
    ],
    ['rate_limit: {interval: 5}', [`w.yml:1:24: rate_limit.interval: ${DURATION}`]],
    ['rate_limit: {interval: 5d, burst: 1}', [`w.yml:1:24: rate_limit.interval: ${DURATION}`]],
    [
      'rate_limit: {interval: 0, burst: 1.5}',
      ['w.yml:1:34: rate_limit.burst: expected a whole number such as 20'],
    ],
    [
      'rate_limit: {interval: 0, burst: -1}',
      ['w.yml:1:34: rate_limit.burst: expected a whole number such as 20'],
    ],
    [
      'rate_limit: {interval: 1s}',
      ['w.yml:1:13: rate_limit.burst: expected at least 1; with 0 no request would ever pass'],
    ],
    ['rate_limit: {intervall: 1s}', [`w.yml:1:14: rate_limit.intervall: ${UNKNOWN}`]],
  ])('says what is wrong with %j', (text, problems) => {
    expect(problemsOf(text)).toEqual(problems);
  });

  it('tells no hash and no key', () => {
    const text = 'basic_auth_users: {a: topsecret}\ntls_server_config: {key: topsecret, cert: topsecret}\n';
    expect(problemsOf(text)).toHaveLength(3);
    expect(problemsOf(text).join()).not.toContain('topsecret');
  });

  it('gives a configuration or problems for any text, and throws for none', () => {
    fc.assert(
      fc.property(anyText(), (text) => {
        const loaded = loadWebConfig(text);
        expect(loaded.ok || loaded.problems.length > 0).toBe(true);
      }),
    );
  });
});
