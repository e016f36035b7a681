import { type RequestOptions, request } from 'node:http';
import { compare } from 'bcrypt';
import express from 'express';
import { describe, expect, it } from 'vitest';
import { createTokenCheck } from '../../../src/http/auth.ts';
import { bearerForWebhook } from '../../../src/http/web-config/bearer-for-webhook.ts';
import type { ComparePassword } from '../../../src/http/web-config/user-check.ts';
import { waitFor } from '../../lab/wait.ts';
import { hashed } from './hashed.ts';
import { basic, type Secured, secured, withTls } from './secured.ts';

const ALICE = `basic_auth_users: {alice: ${hashed('wonder land')}}\n`;

/** bcrypt's comparison, counted. */
function counted(): { readonly compare: ComparePassword; readonly count: () => number } {
  let count = 0;
  return {
    count: () => count,
    compare(password, hash) {
      count++;
      return compare(password, hash);
    },
  };
}

/** A comparison that waits until it is told what to say. */
function heldBack() {
  const held: ((passed: boolean) => void)[] = [];
  const compareHeld: ComparePassword = () => new Promise((resolve) => held.push(resolve));
  return { compare: compareHeld, held };
}

/** The status for a path exactly as it is written; fetch would tidy it up. */
function statusOf({ port }: Secured, path: string, options: RequestOptions = {}): Promise<number> {
  return new Promise((resolve, reject) => {
    request({ host: '127.0.0.1', port, path, agent: false, ...options }, (response) => {
      response.resume().on('end', () => resolve(response.statusCode ?? 0));
    })
      .on('error', reject)
      .end();
  });
}

const as = (user: string, password: string) => ({ headers: basic(user, password) });

describe('a listener with basic_auth_users', () => {
  it('lets in who knows the password, over TLS and over plain HTTP', async () => {
    const tls = await secured(`${withTls()}${ALICE}`);
    expect(await tls.ask(as('alice', 'wonder land'))).toMatchObject({ status: 200, body: 'here' });
    expect(await statusOf(await secured(ALICE), '/', as('alice', 'wonder land'))).toBe(200);
  });

  it.each([
    ['no header', {}],
    ['a wrong password', basic('alice', 'wonderland')],
    ['an empty password', basic('alice', '')],
    ['an unknown user', basic('bob', 'wonder land')],
    ['no user', basic('', 'wonder land')],
    ['the hash as password', basic('alice', '$2b$04$abcdefghijklmnopqrstuv')],
    ['a token', { authorization: 'Bearer wonder land' }],
    ['half a header', { authorization: 'Basic' }],
    ['no colon', { authorization: `Basic ${Buffer.from('alice').toString('base64')}` }],
    ['what is no base64', { authorization: 'Basic alice:wonder land' }],
  ])('answers %s with 401, and says what it expects', async (_, headers) => {
    const answer = await fetch(`http://127.0.0.1:${(await secured(ALICE)).port}/`, { headers });
    expect(answer.status).toBe(401);
    expect(answer.headers.get('www-authenticate')).toBe('Basic realm="fettle", charset="UTF-8"');
    expect(await answer.json()).toEqual({
      error: 'expected the name and password of one of basic_auth_users',
    });
  });

  it('asks on every path, whatever the method', async () => {
    const web = await secured(ALICE);
    for (const path of ['/', '/metrics', '/-/healthy', '/-/ready', '/api/v1/webhook', '/nothing']) {
      for (const method of ['GET', 'HEAD', 'POST', 'OPTIONS']) {
        expect([path, method, await statusOf(web, path, { method })]).toEqual([path, method, 401]);
      }
    }
  });

  it('asks nobody if the list is empty', async () => {
    expect(await statusOf(await secured('basic_auth_users: {}\n'), '/')).toBe(200);
  });

  it.each(['$2a$', '$2b$', '$2y$'])('takes hashes that begin with %s', async (prefix) => {
    const hash = hashed('x').replace('$2b$', prefix);
    const web = await secured(`basic_auth_users: {alice: ${hash}}\n`);
    expect(await statusOf(web, '/', as('alice', 'x'))).toBe(200);
    expect(await statusOf(web, '/', as('alice', 'y'))).toBe(401);
  });

  it('takes a hash that another program has made', async () => {
    // From crypt(3) of Debian 12's libcrypt.
    const web = await secured(
      'basic_auth_users: {alice: $2y$04$gLSAPIW7hIVUl4ZPVKFrp.jes0Glh0fbjOFojtn41QhCKLHjMjVxS}\n',
    );
    expect(await statusOf(web, '/', as('alice', 'wonder land'))).toBe(200);
  });

  it('takes names and passwords with colons and beyond ASCII', async () => {
    const hash = hashed('pa:ss:wörd ✓');
    const web = await secured(`basic_auth_users: {"jürgen ✓": ${hash}, __proto__: ${hash}}\n`);
    expect(await statusOf(web, '/', as('jürgen ✓', 'pa:ss:wörd ✓'))).toBe(200);
    expect(await statusOf(web, '/', as('jürgen ✓', 'pa:ss:word ✓'))).toBe(401);
    expect(await statusOf(web, '/', as('__proto__', 'pa:ss:wörd ✓'))).toBe(200);
  });

  it('compares each password once, right or wrong', async () => {
    const { compare: comparePassword, count } = counted();
    const web = await secured(ALICE, { compare: comparePassword });
    for (let request = 0; request < 3; request++) {
      expect(await statusOf(web, '/', as('alice', 'wonder land'))).toBe(200);
      expect(await statusOf(web, '/', as('alice', 'wrong'))).toBe(401);
    }
    expect(count()).toBe(2);
  });

  it('answers others while a password is being compared', async () => {
    const { compare: comparePassword, held } = heldBack();
    const web = await secured(ALICE, { compare: comparePassword, exempt: ({ url }) => url === '/open' });
    const waiting = statusOf(web, '/', as('alice', 'wonder land'));
    await waitFor('the comparison', () => held[0]);
    expect(await statusOf(web, '/open')).toBe(200);
    expect(await statusOf(web, '/')).toBe(401);
    held[0]?.(true);
    expect(await waiting).toBe(200);
  });

  it('answers with 503 what would wait too long, and compares no more than two at once', async () => {
    const { compare: comparePassword, held } = heldBack();
    const web = await secured(ALICE, { compare: comparePassword });
    const statuses: number[] = [];
    const asked = Array.from({ length: 30 }, async (_, number) => {
      statuses.push(await statusOf(web, '/', as('alice', `guess ${number}`)));
    });
    await waitFor('twelve refusals', () => statuses.length === 12 || undefined);
    expect(statuses).toEqual(Array(12).fill(503));
    expect(held).toHaveLength(2);
    const busy = await fetch(`http://127.0.0.1:${web.port}/`, as('alice', 'one more'));
    expect([busy.status, busy.headers.get('retry-after')]).toEqual([503, '1']);
    for (let compared = 0; compared < 18; compared++) {
      (await waitFor(`comparison ${compared}`, () => held[compared]))(false);
    }
    await Promise.all(asked);
    expect(statuses.filter((status) => status === 401)).toHaveLength(18);
  });

  it('says 503 and tells the log if a password cannot be compared, and compares it again', async () => {
    let works = false;
    const compareSometimes: ComparePassword = async () => {
      if (works) return true;
      throw new Error('out of memory');
    };
    const web = await secured(ALICE, { compare: compareSometimes });
    expect(await statusOf(web, '/', as('alice', 'wonder land'))).toBe(503);
    expect(web.lines).toEqual([
      { level: 'error', fields: { err: 'out of memory' }, message: 'password could not be checked' },
    ]);
    works = true;
    expect(await statusOf(web, '/', as('alice', 'wonder land'))).toBe(200);
  });

  it('goes on after a client that did not wait for its comparison', async () => {
    const { compare: comparePassword, held } = heldBack();
    const served: string[] = [];
    const ended: string[] = [];
    const web = await secured(ALICE, {
      compare: comparePassword,
      exempt({ socket, url }) {
        socket.once('close', () => ended.push(String(url)));
        return false;
      },
      application: (request, response) => {
        served.push(String(request.url));
        response.end();
      },
    });
    const impatient = new AbortController();
    const given = statusOf(web, '/gone', { ...as('alice', 'x'), signal: impatient.signal });
    await waitFor('the comparison', () => held[0]);
    impatient.abort();
    await expect(given).rejects.toThrow();
    await waitFor('the end of its connection', () => ended[0]);
    const patient = statusOf(web, '/here', as('alice', 'x'));
    held[0]?.(true);
    expect(await patient).toBe(200);
    expect(served).toEqual(['/here']);
  });
});

describe('the webhook beside basic_auth_users', () => {
  const WEBHOOK = '/api/v1/webhook';
  const token = { headers: { authorization: 'Bearer s3cret' } };

  /** An application whose webhook takes a token, as the remediator's does, or a user. */
  async function remediator(webConfig: string, tokenFile: string | undefined): Promise<Secured> {
    const check = tokenFile === undefined ? undefined : createTokenCheck(tokenFile);
    const application = express();
    application.post(WEBHOOK, (request, response) => {
      const taken =
        check === undefined || web.security.isUser(request) || check(request.headers.authorization);
      response.status(taken ? 200 : 403).end();
    });
    application.use((_request, response) => void response.status(200).end());
    const web = await secured(webConfig, { application, exempt: bearerForWebhook(() => check) });
    return web;
  }

  const post = (web: Secured, init: RequestOptions, path = WEBHOOK) =>
    statusOf(web, path, { method: 'POST', ...init });

  it('takes the token or a user, and nobody else', async () => {
    const web = await remediator(ALICE, 's3cret\n');
    expect(await post(web, token)).toBe(200);
    expect(await post(web, token, `${WEBHOOK}?group=a`)).toBe(200);
    expect(await post(web, as('alice', 'wonder land'))).toBe(200);
    expect(await post(web, as('alice', 's3cret'))).toBe(401);
    expect(await post(web, {})).toBe(401);
    // The one that decides about tokens has seen it.
    expect(await post(web, { headers: { authorization: 'Bearer guess' } })).toBe(403);
  });

  it.each([
    ['GET', WEBHOOK],
    ['PUT', WEBHOOK],
    ['POST', '/'],
    ['POST', '/metrics'],
    ['POST', `${WEBHOOK}/`],
    ['POST', '/API/v1/webhook'],
    ['POST', `/${WEBHOOK}`],
    ['POST', `${WEBHOOK}%20`],
    ['POST', `${WEBHOOK};/../metrics`],
  ])('takes no token for %s %s', async (method, path) => {
    expect(await statusOf(await remediator(ALICE, 's3cret\n'), path, { ...token, method })).toBe(401);
  });

  it('takes no token at all if there is no file of tokens', async () => {
    const web = await remediator(ALICE, undefined);
    expect(await post(web, token)).toBe(401);
    expect(await post(web, as('alice', 'wonder land'))).toBe(200);
  });

  it('takes only the token if there are no users', async () => {
    const web = await remediator('', 's3cret\n');
    expect(await post(web, token)).toBe(200);
    expect(await post(web, as('alice', 'wonder land'))).toBe(403);
    expect(await post(web, {})).toBe(403);
  });
});
