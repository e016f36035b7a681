import { describe, expect, it } from 'vitest';
import { hashed } from './hashed.ts';
import { secured, withTls } from './secured.ts';

const HEADERS = `http_server_config:
  headers:
    Content-Security-Policy: default-src 'self'
    X-Frame-Options: deny
    X-Content-Type-Options: nosniff
    X-XSS-Protection: 1; mode=block
    Strict-Transport-Security: ""
`;
const USERS = `basic_auth_users: {alice: ${hashed('x')}}\n`;
const RATE = 'rate_limit: {interval: 2s, burst: 3}\n';

describe('http_server_config.headers', () => {
  const expected = {
    'content-security-policy': "default-src 'self'",
    'x-frame-options': 'deny',
    'x-content-type-options': 'nosniff',
    'x-xss-protection': '1; mode=block',
  };

  it('are those of every answer, refusals included; blank ones are left out', async () => {
    const { ask } = await secured(`${withTls()}${HEADERS}`, {
      application: (_request, response) => void response.writeHead(404).end(),
    });
    const answer = await ask();
    expect(answer).toMatchObject({ status: 404, headers: expected });
    expect(answer.headers).not.toHaveProperty('strict-transport-security');
    const refused = await (await secured(`${withTls()}${HEADERS}${USERS}`)).ask();
    expect(refused).toMatchObject({ status: 401, headers: expected });
  });

  it('are none unless there are some', async () => {
    const { headers } = await (await secured(withTls())).ask();
    for (const name of Object.keys(expected)) expect(headers).not.toHaveProperty(name);
  });
});

describe('rate_limit', () => {
  it('lets through a burst, and then one request each interval', async () => {
    const { ask, clock } = await secured(`${withTls()}${RATE}`);
    const statuses = async (requests: number) => {
      const answers: (number | undefined)[] = [];
      for (let request = 0; request < requests; request++) answers.push((await ask()).status);
      return answers;
    };
    expect(await statuses(5)).toEqual([200, 200, 200, 429, 429]);
    clock.ms += 1999;
    expect(await statuses(1)).toEqual([429]);
    clock.ms += 1;
    expect(await statuses(2)).toEqual([200, 429]);
    clock.ms += 3_600_000;
    expect(await statuses(4)).toEqual([200, 200, 200, 429]);
  });

  it('counts requests without a password too', async () => {
    const { ask } = await secured(`${withTls()}${RATE}${USERS}`);
    const statuses = [];
    for (let request = 0; request < 4; request++) statuses.push((await ask()).status);
    expect(statuses).toEqual([401, 401, 401, 429]);
  });

  it('answers notifications so that Alertmanager sends them again', async () => {
    const { ask } = await secured(`${withTls()}${RATE}${USERS}`);
    for (let request = 0; request < 3; request++) expect(await ask()).toMatchObject({ status: 401 });
    expect(await ask({ path: '/api/v1/webhook' })).toMatchObject({ status: 429 });
    expect(await ask({ method: 'POST', path: '/api/v1/webhook' })).toMatchObject({ status: 503 });
  });

  it('is as good as none with an interval of 0', async () => {
    const { ask } = await secured(`${withTls()}rate_limit: {interval: 0, burst: 1}\n`);
    for (let request = 0; request < 5; request++) expect(await ask()).toMatchObject({ status: 200 });
  });
});
