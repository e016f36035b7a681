import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { load, problemsOf } from './load.ts';

const HTTP = { url: 'http://127.0.0.1:8188/system_stats' };

/** What is wrong with one probe of these words, without its place. */
function problemWith(words: object): string {
  const [first = 'nothing', ...more] = problemsOf(JSON.stringify({ probes: [{ name: 'a', ...words }] }));
  expect(more).toEqual([]);
  return first.replace(/^fettle\.yml:\d+:\d+: /, '');
}

describe('probes in the configuration', () => {
  it('have their usual values', () => {
    expect(load({ name: 'a', http: HTTP })).toMatchObject({
      name: 'a',
      unit: '',
      type: 'http',
      timing: { intervalMs: 30_000, timeoutMs: 5000 },
      settings: {
        url: HTTP.url,
        method: 'GET',
        expectStatus: [{ from: 200, to: 299 }],
        maxBytes: 1024 ** 2,
        redirects: 'none',
        tls: { insecure: false },
      },
    });
    expect(load({ name: 'a', tcp: { host: '::1', port: 22, tls: true } })).toMatchObject({
      type: 'tcp',
      settings: { host: '::1', port: 22, tls: { insecure: false }, steps: [], maxBytes: 65_536 },
    });
  });

  it('wait no longer than the interval if nothing is said', () => {
    expect(load({ name: 'a', interval: '2s', http: HTTP }).timing).toEqual({
      intervalMs: 2000,
      timeoutMs: 2000,
    });
  });

  it('have marks that differ where anything differs', () => {
    const mark = (words: object) => load({ name: 'a', ...words }).mark;
    expect(mark({ http: HTTP })).toBe(mark({ http: HTTP }));
    expect(
      new Set([{ http: HTTP }, { http: HTTP, unit: 'b' }, { http: { url: 'http://b/' } }].map(mark)).size,
    ).toBe(3);
  });

  it.each<[string, object]>([
    ['probes[0]: expected what to ask: one of http, tcp, ', {}],
    [
      'probes[0].tcp: expected one thing to ask; there is http already',
      { http: HTTP, tcp: { host: 'a', port: 1 } },
    ],
    ['probes[0].name: expected a name of small letters', { name: 'A b', http: HTTP }],
    ['probes[0].interval: expected an interval of at least 1s', { interval: '500ms', http: HTTP }],
    ['probes[0].interval: expected an interval of at most 24h', { interval: '30d', http: HTTP }],
    ['probes[0].timeout: expected at most the interval (30 s)', { timeout: '31s', http: HTTP }],
    ['probes[0].unit: expected the name of a unit', { unit: 'a b', http: HTTP }],
    ['probes[0].htp: unknown key', { htp: 1, http: HTTP }],
    ['probes[0].http.url: expected a URL such as', { http: { url: 'ftp://a/' } }],
    ['probes[0].http.url: expected a URL such as', { http: { url: '127.0.0.1:80' } }],
    ['probes[0].http.url: expected a URL without #', { http: { url: 'http://a/#b' } }],
    [
      'probes[0].http.url: expected no user and no password in the URL',
      { http: { url: 'http://m4rked@a/' } },
    ],
    ['probes[0].http.method: expected GET, HEAD or POST', { http: { ...HTTP, method: 'DELETE' } }],
    ['probes[0].http.body: expected method: POST', { http: { ...HTTP, body: 'a' } }],
    ['probes[0].http.method: expected GET or POST', { http: { ...HTTP, method: 'HEAD', body_matches: 'a' } }],
    ['probes[0].http.expect_status[0]: expected a status', { http: { ...HTTP, expect_status: ['299-200'] } }],
    ['probes[0].http.expect_status[0]: expected a status', { http: { ...HTTP, expect_status: [700] } }],
    ['probes[0].http.body_matches: not a regular expression', { http: { ...HTTP, body_matches: '(' } }],
    ['probes[0].http.body_matches: not a regular expression', { http: { ...HTTP, body_matches: '(a)\\1' } }],
    [
      'probes[0].http.json[0].pointer: expected a JSON pointer',
      { http: { ...HTTP, json: [{ pointer: 'a', min: 1 }] } },
    ],
    ['probes[0].http.json[0]: expected at least one of', { http: { ...HTTP, json: [{ pointer: '/a' }] } }],
    [
      'probes[0].http.json[0]: expected min to be at most max',
      { http: { ...HTTP, json: [{ pointer: '', min: 2, max: 1 }] } },
    ],
    ['probes[0].http.values.q: expected a JSON pointer', { http: { ...HTTP, values: { q: 'a~2' } } }],
    ['probes[0].http.values.a b: expected names such as', { http: { ...HTTP, values: { 'a b': '/a' } } }],
    ['probes[0].http.max_bytes: expected a size from 1 byte', { http: { ...HTTP, max_bytes: '1GiB' } }],
    ['probes[0].http.max_bytes: expected a number of bytes', { http: { ...HTTP, max_bytes: '1MB' } }],
    ['probes[0].http.redirects: expected none, same-host', { http: { ...HTTP, redirects: 'all' } }],
    [
      'probes[0].http.tls: expected both cert_file and key_file',
      { http: { ...HTTP, tls: { cert_file: '/a' } } },
    ],
    [
      'probes[0].http.bearer_token_file: expected an absolute path',
      { http: { ...HTTP, bearer_token_file: 'a' } },
    ],
    ['probes[0].http.headers.Connection: fettle sets', { http: { ...HTTP, headers: { Connection: 'x' } } }],
    [
      'probes[0].http.headers.X-A: expected the text of a header',
      { http: { ...HTTP, headers: { 'X-A': 'a\r\nb: c' } } },
    ],
    [
      'probes[0].http.headers.a b: expected the name of a header',
      { http: { ...HTTP, headers: { 'a b': 'c' } } },
    ],
    ['probes[0].http.addresses[0]: expected a network', { http: { ...HTTP, addresses: ['10.0.0.0/33'] } }],
    ['probes[0].http.addresses[0]: expected a network', { http: { ...HTTP, addresses: ['10.0.0.256'] } }],
    ['probes[0].tcp.port: expected a port', { tcp: { host: 'a', port: 0 } }],
    ['probes[0].http.url: expected a port from 1', { http: { url: 'http://127.0.0.1:0/' } }],
    ['probes[0].http.redirects', { http: { ...HTTP, redirects: ['a:0'] } }],
    [
      'probes[0].http.json[0]: expected nothing beside exists: false',
      { http: { ...HTTP, json: [{ pointer: '/a', exists: false, equals: 1 }] } },
    ],
    ['probes[0].tcp.host: expected the name or address', { tcp: { host: 'cafe:6379', port: 1 } }],
    ['the port has a key of its own', { tcp: { host: 'cafe:6379', port: 1 } }],
    ['the port has a key of its own', { tcp: { host: 'redis.lan:6379', port: 1 } }],
    ['probes[0].tcp.host: expected the name or address', { tcp: { host: '1:2:3', port: 1 } }],
    ...['.*', '^', '(ready)?', '$'].map((expect): [string, object] => [
      'probes[0].tcp.steps[0].expect: expected a pattern that does not fit an empty text',
      { tcp: { host: 'a', port: 1, steps: [{ expect }] } },
    ]),
    ['probes[0].tcp.host: expected the name or address', { tcp: { host: 'a b', port: 1 } }],
    [
      'probes[0].tcp.steps[0]: expected one of send',
      { tcp: { host: 'a', port: 1, steps: [{ send: 'a', expect: 'b' }] } },
    ],
  ])('%s', (expected, words) => {
    expect(problemWith(words)).toContain(expected);
  });

  it.each([
    'Authorization',
    'cookie',
    'X-Api-Key',
    'X-Auth-Token',
    'Proxy-Authorization',
    'X-Vault-Token',
    'Ocp-Apim-Subscription-Key',
    'X-Signature-256',
    'X-Passphrase',
    'X-My-Secret',
  ])('hold no value of %s, and the error does not either', (name) => {
    const problem = problemWith({ http: { ...HTTP, headers: { [name]: 'm4rked' } } });
    expect(problem).toContain(`probes[0].http.headers.${name}: expected no secret in the configuration`);
    expect(problem).toContain('header_files');
    expect(problem).not.toContain('m4rked');
  });

  it('set no header twice', () => {
    const header_files = { authorization: '/a' };
    expect(problemWith({ http: { ...HTTP, header_files, bearer_token_file: '/b' } })).toContain(
      'expected a header once',
    );
    expect(
      problemWith({ http: { ...HTTP, headers: { 'X-A': '' }, header_files: { 'x-a': '/a' } } }),
    ).toContain('once');
  });

  it('are explained by an example that is right', () => {
    const example = readFileSync(new URL('../../../deploy/examples/fettle.yml', import.meta.url), 'utf8');
    const [, commented = ''] = /^probes: \[\]\n((?:#.*\n)+)/m.exec(example) ?? [];
    const text = `probes:\n${commented.replaceAll(/^#/gm, '')}`;
    expect(problemsOf(text)).toEqual([]);
    expect(text.match(/^ {2}- name: /gm)?.length).toBeGreaterThan(8);
  });

  it('have names of their own, which is told at the second one', () => {
    const text =
      'probes:\n- name: a\n  http: { url: "http://a/" }\n- name: a\n  nonsense: 1\n  tcp: { host: a, port: 1 }\n';
    expect(problemsOf(text)).toEqual([
      'fettle.yml:4:9: probes[1].name: expected a name of its own; a is taken by an earlier probe',
      'fettle.yml:5:3: probes[1].nonsense: unknown key; remove it or mend its spelling',
    ]);
  });
});
