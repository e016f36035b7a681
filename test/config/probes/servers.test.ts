import { describe, expect, it } from 'vitest';
import { load, problemsOf } from './load.ts';

/** What is wrong with the settings of a probe, without its place. */
function problems(settings: object): readonly string[] {
  const text = JSON.stringify({ probes: [{ name: 'x', ...settings }] });
  return problemsOf(text).map((line) => line.replace(/^fettle\.yml:\d+:\d+: probes\[0\]\.?/, ''));
}

const settingsOf = (words: object) => load({ name: 'x', ...words });

describe('a Redis', () => {
  it('is the one of this machine, or another', () => {
    expect(settingsOf({ redis: {} })).toMatchObject({
      type: 'redis',
      settings: { target: { host: '127.0.0.1', port: 6379 }, tls: undefined, info: false },
    });
    expect(settingsOf({ redis: { socket: '/run/redis.sock', password_file: '/p' } })).toMatchObject({
      settings: { target: { socket: '/run/redis.sock' }, passwordFile: '/p' },
    });
    expect(settingsOf({ redis: { host: '::1', tls: true, role: 'replica' } })).toMatchObject({
      settings: { target: { host: '::1', port: 6379 }, tls: { insecure: false }, role: 'replica' },
    });
  });

  it.each<[object, RegExp]>([
    [{ socket: '/s', port: 1 }, /^redis.socket: expected neither host, port/],
    [{ username: 'x' }, /^redis.username: expected password_file/],
    [
      { password: 'x' },
      /^redis.password: expected no password in the configuration; .* name that with password_file$/,
    ],
    [{ port: 0 }, /^redis.port: expected a port/],
    [{ database: -1 }, /^redis.database: expected the number/],
    [{ role: 'slave' }, /^redis.role: expected master or replica/],
    [{ host: 'redis://x' }, /^redis.host: expected the name or address/],
  ])('%j is none', (redis, expected) => {
    expect(problems({ redis })).toEqual([expect.stringMatching(expected)]);
  });
});

describe('a question for DNS', () => {
  it.each([
    ['192.0.2.1', '192.0.2.1:53'],
    ['192.0.2.1:5353', '192.0.2.1:5353'],
    ['[2001:db8::1]', '[2001:db8::1]:53'],
    ['[2001:db8::1]:5353', '[2001:db8::1]:5353'],
  ])('is for the server %s', (server, expected) => {
    expect(settingsOf({ dns: { name: 'node.lan', server } })).toMatchObject({
      type: 'dns',
      settings: { name: 'node.lan', type: 'A', server: expected, minAnswers: 1 },
    });
  });

  it.each(['node.lan', 'node.lan.', '_redis._tcp.lan', '192.0.2.1', '2001:db8::1', 'x'.repeat(63)])(
    'may be for %s',
    (name) => {
      expect(settingsOf({ dns: { name } })).toMatchObject({ settings: { name } });
    },
  );

  it.each<[object, RegExp]>([
    [{ name: 'a..b' }, /^dns.name: expected a name/],
    [{ name: '' }, /^dns.name: expected a name/],
    [{ name: '-a' }, /^dns.name: expected a name/],
    [{ name: 'x'.repeat(64) }, /^dns.name: expected a name/],
    [{ name: 'http://a' }, /^dns.name: expected a name/],
    [{ name: 'a', server: 'ns.lan' }, /^dns.server: expected the address/],
    [{ name: 'a', server: '192.0.2.256' }, /^dns.server: expected the address/],
    [{ name: 'a', server: '192.0.2.1:0' }, /^dns.server: expected the address/],
    [{ name: 'a', server: '2001:db8::1' }, /^dns.server: expected the address/],
    [{ name: 'a', type: 'ANY' }, /^dns.type: expected A, AAAA/],
    [{ name: 'a', min_answers: 0 }, /^dns.min_answers: expected a number/],
    [{ name: 'a', match: '(' }, /^dns.match: not a regular expression/],
  ])('%j is none', (dns, expected) => {
    expect(problems({ dns })).toEqual([expect.stringMatching(expected)]);
  });
});

describe('a preset', () => {
  it('asks its service, one thing after the other', () => {
    expect(settingsOf({ comfyui: {} })).toMatchObject({
      type: 'http',
      settings: { url: 'http://127.0.0.1:8188/system_stats' },
      next: [{ url: 'http://127.0.0.1:8188/prompt' }],
    });
    expect(settingsOf({ ray: {} })).toMatchObject({
      settings: { url: 'http://127.0.0.1:8265/api/gcs_healthz' },
    });
    expect(settingsOf({ ray: { role: 'worker' } })).toMatchObject({
      settings: { url: 'http://127.0.0.1:52365/api/local_raylet_healthz' },
      next: [],
    });
    expect(settingsOf({ vllm: {} })).toMatchObject({ settings: { url: 'http://127.0.0.1:8000/health' } });
    expect(settingsOf({ ollama: {} })).toMatchObject({
      settings: { url: 'http://127.0.0.1:11434/api/version' },
    });
  });

  it('may be told where it is, and how to get in', () => {
    const tls = { ca_file: '/ca' };
    const told = { url: 'https://gpu1.lan/ray/', bearer_token_file: '/t', tls, addresses: ['10.0.0.0/8'] };
    expect(settingsOf({ ray: { ...told, role: 'worker' } })).toMatchObject({
      settings: {
        url: 'https://gpu1.lan/ray/api/local_raylet_healthz',
        bearerTokenFile: '/t',
        tls: { caFile: '/ca', insecure: false },
        addresses: [{ address: '10.0.0.0', prefix: 8 }],
      },
    });
  });

  it.each<[object, RegExp]>([
    [{ vllm: { url: 'http://a/?x=1' } }, /^vllm.url: expected the address of the service and nothing behind/],
    [{ vllm: { url: 'a' } }, /^vllm.url: expected a URL/],
    [{ vllm: { path: '/x' } }, /^vllm.path: unknown key/],
    [{ ray: { role: 'both' } }, /^ray.role: expected head or worker/],
    [{ ollama: { bearer_token_file: 'x' } }, /^ollama.bearer_token_file: expected an absolute path/],
    [{ ollama: { bearer_token_file: '/x', header_files: { Authorization: '/y' } } }, /^ollama/],
    [{ comfyui: {}, ollama: {} }, /expected one thing to ask/],
  ])('%j is none', (words, expected) => {
    expect(problems(words)).toEqual([expect.stringMatching(expected)]);
  });
});
