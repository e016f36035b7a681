import { generateKeyPairSync } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { pem } from '../../fakes/pem.ts';
import { openedWeb, withTls } from './secured.ts';

/** The problems of a web configuration as a person sees them, with `DIR` for its folder. */
function problemsOf(webConfig: string): readonly string[] {
  const { opened, folder } = openedWeb(webConfig);
  return opened.ok ? [] : opened.problems.map((problem) => problem.replaceAll(folder, 'DIR'));
}

const inline = (key: string, text: string) => `${key}: ${JSON.stringify(text)}`;

describe('openWebSecurity', () => {
  it.each([
    ['', 'http'],
    ['rate_limit: {}\n', 'http'],
    [withTls(), 'https'],
  ])('says whether %j is spoken to over TLS', (webConfig, scheme) => {
    expect(openedWeb(webConfig).opened).toMatchObject({ ok: true, security: { scheme } });
  });

  it.each([
    [
      'bla: 1\nrate_limit: {burst: many}\n',
      ['DIR/web.yml:1:1: bla: unknown key; remove it or mend its spelling', /^DIR\/web.yml:2:21: rate_limit/],
    ],
    [
      withTls().replace('server.key', 'renewed.key'),
      [
        'DIR/web.yml: tls_server_config.key_file: the key in DIR/renewed.key does not fit the certificate in DIR/server.crt',
      ],
    ],
    [
      `tls_server_config:\n  ${inline('cert', pem('server.crt'))}\n  ${inline('key', pem('renewed.key'))}\n`,
      [
        'DIR/web.yml: tls_server_config.key: the key in the configuration does not fit the certificate in the configuration',
      ],
    ],
    [
      withTls().replace('server.crt', 'gone.crt'),
      ['DIR/web.yml: tls_server_config.cert_file: DIR/gone.crt: there is no such file'],
    ],
    [
      withTls().replace('server.crt', '.'),
      ['DIR/web.yml: tls_server_config.cert_file: DIR: this is not a file'],
    ],
    [
      withTls().replace('server.crt', 'server.key'),
      [/^DIR\/web.yml: tls_server_config.cert_file: expected a certificate in PEM in DIR\/server.key: \S/],
    ],
    [
      withTls().replace('server.key', 'server.crt'),
      [
        /^DIR\/web.yml: tls_server_config.key_file: expected a private key in PEM, without a passphrase, in DIR\/server.crt: \S/,
      ],
    ],
    [
      withTls('client_auth_type: RequestClientCert', 'client_ca_file: server.key'),
      ['DIR/web.yml: tls_server_config.client_ca_file: there is no certificate in DIR/server.key'],
    ],
    [
      withTls('client_auth_type: RequireAndVerifyClientCert', 'client_ca_file: issuing.crt'),
      [
        /^DIR\/web.yml: tls_server_config.client_ca_file: add the authority that signed CN=fettle test issuing to DIR\/issuing.crt/,
      ],
    ],
  ])('says what is wrong with %j', (webConfig, problems) => {
    expect(problemsOf(webConfig)).toEqual(
      problems.map((problem) =>
        typeof problem === 'string' ? problem : (expect.stringMatching(problem) as unknown),
      ),
    );
  });

  it('says that a key has a passphrase, without which it is of no use', () => {
    const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    const locked = privateKey.export({ type: 'pkcs8', format: 'pem', cipher: 'aes256', passphrase: 'x' });
    const config = `tls_server_config:\n  cert_file: server.crt\n  ${inline('key', String(locked))}\n`;
    expect(problemsOf(config)).toEqual([
      expect.stringMatching(/^DIR\/web.yml: tls_server_config.key: expected a private key in PEM, without/),
    ]);
  });

  it('takes an authority below another one together with it', () => {
    const both = inline('client_ca', pem('issuing.crt') + pem('ca.crt'));
    expect(problemsOf(withTls('client_auth_type: RequireAndVerifyClientCert', both))).toEqual([]);
  });

  it('says that there is no such file', () => {
    const { opened } = openedWeb('', undefined, 'other.yml');
    expect(opened).toEqual({
      ok: false,
      problems: [expect.stringMatching(/other.yml: there is no such file$/)],
    });
  });
});
