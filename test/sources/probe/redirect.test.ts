import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ProbeFault } from '../../../src/domain/probes/fault.ts';
import type { HttpSettings } from '../../../src/domain/probes/http.ts';
import { firstHop, type Hop, nextHop } from '../../../src/sources/probe/redirect.ts';
import { load } from '../../config/probes/load.ts';
import { httpAnswer, startHttpPeer } from '../../fakes/peer.ts';
import { tempFolder } from '../../fakes/temp-folder.ts';
import { outcomeOf } from './asked.ts';

function settingsOf(http: object): HttpSettings {
  const plan = load({ name: 'led', http });
  if (plan.type !== 'http') throw new Error('it is no HTTP probe');
  return plan.settings;
}

/** Where an answer leads to, or that the probe does not go there. */
function led(http: object, location: string, status = 302): string {
  const settings = settingsOf(http);
  try {
    const { url, method, isTrusted } = nextHop(firstHop(settings), status, location, settings);
    return `${isTrusted ? 'trusted' : 'foreign'} ${method} ${url.href}`;
  } catch (thrown) {
    if (thrown instanceof ProbeFault && thrown.reason === 'redirect') return 'no';
    throw thrown;
  }
}

describe('where a probe may be led', () => {
  it.each([
    ['http://a/', 'none', '/next', 'no'],
    ['http://a/', 'same-host', '/next#part', 'trusted GET http://a/next'],
    ['http://a/', 'same-host', '//b/next', 'no'],
    ['http://a/', 'same-host', 'http://a:81/', 'no'],
    ['http://a/', 'same-host', 'https://a/', 'trusted GET https://a/'],
    ['http://a/', 'same-host', 'https://a:444/', 'no'],
    ['http://a:8080/', 'same-host', 'https://a/', 'no'],
    ['https://a/', 'same-host', 'http://a/', 'no'],
    ['https://a/', ['b'], 'http://b/', 'no'],
    ['http://a/', ['b'], 'http://b/', 'foreign GET http://b/'],
    ['http://a/', ['b'], 'http://b:81/', 'no'],
    ['http://a/', ['b:81'], 'http://b:81/', 'foreign GET http://b:81/'],
    ['http://a/', ['b'], 'http://a.b/', 'no'],
    ['http://a/', ['b'], '/next', 'trusted GET http://a/next'],
    ['http://a/', 'same-host', 'http://user:pass@a/', 'no'],
    ['http://a/', 'same-host', 'file:///etc/shadow', 'no'],
    ['http://a/', 'same-host', 'javascript:1', 'no'],
    ['http://a/', 'same-host', 'http://[', 'no'],
    ['http://a/', 'same-host', '/', 'no'],
  ])('%s with redirects %j and Location %s: %s', (url, redirects, location, expected) => {
    expect(led({ url, redirects }, location)).toBe(expected);
  });

  it.each([
    [301, 'trusted GET http://a/next'],
    [303, 'trusted GET http://a/next'],
    [307, 'trusted POST http://a/next'],
    [308, 'trusted POST http://a/next'],
  ])('asks after a POST and %i: %s', (status, expected) => {
    const http = { url: 'http://a/', method: 'POST', body: 'x', redirects: 'same-host' };
    expect(led(http, '/next', status)).toBe(expected);
  });

  it('does not take the body of a question elsewhere', () => {
    const http = { url: 'http://a/', method: 'POST', body: 'x', redirects: ['b'] };
    expect(led(http, 'http://b/', 307)).toBe('no');
    expect(led(http, 'http://b/', 302)).toBe('foreign GET http://b/');
  });

  it('trusts nobody any more who has been elsewhere', () => {
    const settings = settingsOf({ url: 'http://a/', redirects: ['b'] });
    const away = nextHop(firstHop(settings), 302, 'http://b/', settings);
    expect(nextHop(away, 302, 'http://a/other', settings).isTrusted).toBe(false);
  });

  it('goes nowhere but to hosts that are allowed, is never sent to http from https, and ends', () => {
    const place = fc.tuple(
      fc.constantFrom('http', 'https'),
      fc.constantFrom('a', 'b', 'c', 'a:81', 'b:443'),
      fc.nat(9),
    );
    const locations = fc.array(
      place.map(([scheme, host, path]) => `${scheme}://${host}/${path}`),
      { minLength: 8 },
    );
    const redirects = fc.constantFrom('same-host', ['b'], ['b:443', 'a:81'], []);
    fc.assert(
      fc.property(fc.constantFrom('http://a/', 'https://a/'), redirects, locations, (url, allowed, way) => {
        const settings = settingsOf({ url, redirects: allowed });
        const hosts = new Set(['a', ...(Array.isArray(allowed) ? allowed : [])]);
        const hops = walked(settings, way);
        for (const [index, { url: place, isTrusted }] of hops.entries()) {
          expect(hosts).toContain(place.host);
          if (isTrusted) expect(place.hostname).toBe('a');
          if (hops[index - 1]?.url.protocol === 'https:') expect(place.protocol).toBe('https:');
        }
        expect(hops.length).toBeLessThanOrEqual(1 + 5);
      }),
    );
  });
});

/** All places that a way leads to, as far as the probe goes. */
function walked(settings: HttpSettings, way: readonly string[]): readonly Hop[] {
  const hops = [firstHop(settings)];
  try {
    for (const location of way)
      hops.push(nextHop(hops.at(-1) ?? firstHop(settings), 302, location, settings));
  } catch (thrown) {
    if (!(thrown instanceof ProbeFault)) throw thrown;
  }
  return hops;
}

describe('a probe over HTTP that is led on', () => {
  const found = (location: string) => httpAnswer('', '302 Found', [`Location: ${location}`]);

  it('goes on at the same host, with its token', async () => {
    const peer = await startHttpPeer((socket, heard) =>
      socket.end(heard.startsWith('GET /end ') ? httpAnswer('there') : found('/end')),
    );
    const outcome = await outcomeOf({
      http: {
        url: `http://127.0.0.1:${peer.port}/`,
        redirects: 'same-host',
        bearer_token_file: `${tempFolder({ token: 'tok3n' })}/token`,
        body_matches: '^there$',
      },
    });
    expect([outcome.failure, outcome.httpStatus, peer.connections()]).toEqual([undefined, 200, 2]);
    expect(peer.heard().match(/Bearer tok3n/g)).toHaveLength(2);
  });

  it('finds out that it goes in circles', async () => {
    const peer = await startHttpPeer((socket, heard) =>
      socket.end(found(heard.startsWith('GET /a ') ? '/b' : '/a')),
    );
    const { failure } = await outcomeOf({
      http: { url: `http://127.0.0.1:${peer.port}/a`, redirects: 'same-host' },
    });
    expect(failure).toMatchObject({ reason: 'redirect', detail: expect.stringContaining('a loop') });
    expect(peer.connections()).toBe(2);
  });

  it('gives up on a way without end', async () => {
    let count = 0;
    const peer = await startHttpPeer((socket) => socket.end(found(`/${++count}`)));
    const { failure } = await outcomeOf({
      http: { url: `http://127.0.0.1:${peer.port}/`, redirects: 'same-host' },
    });
    expect([failure?.reason, peer.connections()]).toEqual(['redirect', 6]);
  });

  it('does not go to another place, unless it is named, and takes no secret there', async () => {
    const other = await startHttpPeer(httpAnswer('there'));
    const first = await startHttpPeer(found(`http://localhost:${other.port}/taken`));
    const folder = tempFolder({ token: 'm4rked', key: 'm4rked' });
    const ask = (redirects: unknown) =>
      outcomeOf({
        http: {
          url: `http://127.0.0.1:${first.port}/`,
          headers: { 'X-Internal': 'm4rked' },
          bearer_token_file: `${folder}/token`,
          header_files: { 'X-Api-Key': `${folder}/key` },
          redirects,
        },
      });
    for (const redirects of ['none', 'same-host', ['localhost'], [`127.0.0.1:${other.port}`]]) {
      expect((await ask(redirects)).failure?.reason).toBe('redirect');
    }
    expect(other.connections()).toBe(0);
    expect((await ask([`localhost:${other.port}`])).failure).toBeUndefined();
    expect(other.heard()).toContain('GET /taken');
    expect(other.heard()).not.toContain('m4rked');
  });
});

describe('an answer that leads to a place made of the token', () => {
  const TOKEN = 'AbCdEfGhIjK123/x';
  const letters = TOKEN.replaceAll(/[^A-Za-z0-9]/g, '');

  it.each([
    [`http://${letters}.evil.example/`, /leads to another host, /],
    [`http://127.0.0.1:31999/${letters}`, /leads to another port of the same host, /],
    [`//${letters}/`, /leads to another host, /],
    [`/${letters}`, /leads to http:\/\/127\.0\.0\.1:\d+, and redirects/],
  ])('%s is told without it', async (location, expected) => {
    const peer = await startHttpPeer(httpAnswer('', '302 Found', [`Location: ${location}`]));
    for (const redirects of ['none', 'same-host', ['cdn.lan']]) {
      const bearer_token_file = `${tempFolder({ token: TOKEN })}/token`;
      const url = `http://127.0.0.1:${peer.port}/`;
      const outcome = await outcomeOf({ http: { url, redirects, bearer_token_file } });
      if (redirects === 'none') expect(outcome.failure?.detail).toMatch(expected);
      expect(outcome.failure?.reason).toBe('redirect');
      const told = JSON.stringify([outcome.failure, outcome.notes]);
      expect(told.toLowerCase()).not.toContain(letters.toLowerCase());
      expect(outcome.failure?.detail).not.toContain('31999');
    }
  });

  it('names a host that the configuration names', () => {
    const settings = settingsOf({ url: 'https://a/', redirects: ['cdn.lan'] });
    const next = () => nextHop(firstHop(settings), 302, 'http://cdn.lan/', settings);
    expect(next).toThrow('leads to http://cdn.lan, which is no longer secure');
  });
});
