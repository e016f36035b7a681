import { Readable } from 'node:stream';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { httpAnswer, startHttpPeer, startPeer } from '../../fakes/peer.ts';
import { tempFolder } from '../../fakes/temp-folder.ts';
import { failureOf, outcomeOf } from './asked.ts';

const MIB = 1024 ** 2;

const { push } = Readable.prototype;

/** Short, for peers that never end. */
const HASTY = { timeout: '300ms' };

async function answered(answer: Parameters<typeof startHttpPeer>[0], http: object = {}, words: object = {}) {
  const { port } = await startHttpPeer(answer);
  return await outcomeOf({ ...words, http: { url: `http://127.0.0.1:${port}/`, ...http } });
}

async function reasonOf(answer: Parameters<typeof startHttpPeer>[0], http: object = {}, words: object = {}) {
  return (await answered(answer, http, words)).failure?.reason;
}

/** Writes parts until nobody takes them any more, and says then how much that was. */
function writeForEver(part: Buffer): Parameters<typeof startHttpPeer>[0] {
  return (socket) => {
    socket.write('HTTP/1.1 200 OK\r\n\r\n');
    const write = () => {
      while (!socket.destroyed && socket.write(part));
    };
    socket.on('drain', write);
    write();
  };
}

describe('a probe over HTTP', () => {
  it('succeeds, and tells the status, the phases and the values', async () => {
    const outcome = await answered(httpAnswer('{"queue":{"remaining":3},"ok":true,"name":"x"}'), {
      json: [
        { pointer: '/queue/remaining', min: 1, max: 3 },
        { pointer: '/ok', equals: true },
        { pointer: '/error', exists: false },
      ],
      body_matches: 'remain',
      body_not_matches: 'error',
      values: { queue: '/queue/remaining', ok: '/ok', name: '/name', gone: '/gone' },
    });
    expect(outcome).toMatchObject({ failure: undefined, httpStatus: 200 });
    expect(outcome.values).toEqual(
      new Map([
        ['queue', 3],
        ['ok', 1],
      ]),
    );
    expect(Object.keys(outcome.phases ?? {})).toEqual(['resolve', 'connect', 'processing', 'transfer']);
    expect(outcome.notes.join('\n')).toContain('value gone: there is no number at /gone');
  });

  it('sends the method, the headers, the secrets of files and the body, and asks for no other connection', async () => {
    const folder = tempFolder({ token: 'tok3n\n', key: 'k3y words\n' });
    const peer = await startHttpPeer((socket, heard) => heard.endsWith('}') && socket.end(httpAnswer('')));
    const { failure } = await outcomeOf({
      http: {
        url: `http://127.0.0.1:${peer.port}/a?b=c`,
        method: 'POST',
        headers: { 'X-Source': 'fettle', 'user-agent': 'mine' },
        bearer_token_file: `${folder}/token`,
        header_files: { 'X-Api-Key': `${folder}/key` },
        body: '{"a":1}',
      },
    });
    expect(failure).toBeUndefined();
    const lines = peer.heard().split('\r\n');
    expect(lines).toEqual(
      expect.arrayContaining([
        'POST /a?b=c HTTP/1.1',
        `Host: 127.0.0.1:${peer.port}`,
        'X-Source: fettle',
        'user-agent: mine',
        'Authorization: Bearer tok3n',
        'X-Api-Key: k3y words',
        'Connection: close',
        '{"a":1}',
      ]),
    );
    expect(lines.filter((line) => /^user-agent:/i.test(line))).toHaveLength(1);
  });

  it('reads secrets at each question, and says which file has none', async () => {
    const folder = tempFolder({ empty: '\n', two: 'a b\n', big: 'x'.repeat(2 * MIB) });
    for (const file of ['empty', 'two', 'big', 'gone', '.']) {
      const http = { url: 'http://127.0.0.1:1/', bearer_token_file: `${folder}/${file}` };
      const { reason, detail } = await failureOf({ http });
      expect([file, reason]).toEqual([file, 'unreadable']);
      expect(detail).toContain(`${folder}/${file}`);
    }
  });

  it.each([
    ['a status that was not expected', '500 Oops', 'status', {}],
    ['401', '401 Unauthorized', 'authentication', {}],
    ['403', '403 Forbidden', 'authentication', {}],
    ['a redirect', '302 Found', 'redirect', {}],
    ['a redirect that was expected', '302 Found', undefined, { expect_status: [200, '300-303'] }],
    ['401 that was expected', '401 Unauthorized', undefined, { expect_status: [401] }],
  ])('judges %s', async (_, status, reason, http) => {
    const answer = httpAnswer('{"depth":7}', status, ['Location: /next']);
    const outcome = await answered(answer, { ...http, values: { depth: '/depth' } });
    expect(outcome.failure?.reason).toBe(reason);
    expect(outcome.httpStatus).toBe(Number.parseInt(status, 10));
    // A redirect's body is not read.
    expect(outcome.values.get('depth')).toBe(reason === 'redirect' ? undefined : 7);
  });

  it.each([
    ['no JSON', 'hello', { values: { a: '/a' } }],
    ['an empty body for JSON', '', { json: [{ pointer: '', exists: true }] }],
    ['JSON that was cut off', '{"a":1', { values: { a: '/a' } }],
    ['another value', '{"a":2}', { json: [{ pointer: '/a', equals: 1 }] }],
    ['a text for a number', '{"a":"2"}', { json: [{ pointer: '/a', equals: 2 }] }],
    ['a number that is too small', '{"a":1}', { json: [{ pointer: '/a', min: 2 }] }],
    ['a number that is too large', '{"a":3}', { json: [{ pointer: '/a', max: 2 }] }],
    ['a text where a number should be', '{"a":"3"}', { json: [{ pointer: '/a', min: 2 }] }],
    ['nothing where something should be', '{}', { json: [{ pointer: '/a', exists: true }] }],
    ['something where nothing should be', '{"a":null}', { json: [{ pointer: '/a', exists: false }] }],
    ['a place in a prototype', '{}', { json: [{ pointer: '/constructor', exists: true }] }],
    ['a body without what should be there', 'starting', { body_matches: 'ready|idle' }],
    ['a body with what should not be there', 'all fine, but: ERROR', { body_not_matches: '(?i)error' }],
  ])('calls %s content that is wrong', async (_, body, http) => {
    expect(await reasonOf(httpAnswer(body), http)).toBe('content');
  });

  it.each([
    ['[', ']', 'a list'],
    ['{"a":', '}', 'an object'],
  ])('says of %s, however deep, what it is and no more', async (open, end, words) => {
    const depth = 100_000;
    const text = `${open.repeat(depth)}${open === '[' ? '' : '1'}${end.repeat(depth)}`;
    const outcome = await answered(httpAnswer(text), { json: [{ pointer: '', equals: 1 }] });
    expect(outcome.failure).toEqual({
      reason: 'content',
      detail: `the whole document: expected 1, not ${words}`,
    });
  });

  it('looks for patterns in the first 256 KiB, and does not say of the rest that all is well', async () => {
    const long = httpAnswer(`ready${'x'.repeat(300_000)}late`);
    expect(await reasonOf(long, { body_matches: '^ready' })).toBeUndefined();
    expect((await answered(long, { body_matches: 'late' })).failure).toEqual({
      reason: 'content',
      detail: 'the first 256 KiB of the body have nothing that fits body_matches: late',
    });
    expect(await reasonOf(long, { body_not_matches: 'ready' })).toBe('content');
    expect((await answered(long, { body_not_matches: 'late' })).failure).toEqual({
      reason: 'too_large',
      detail: expect.stringMatching(
        /^the body has 293 KiB, and body_not_matches looks at the first 256 KiB alone/,
      ),
    });
    expect(await reasonOf(long)).toBeUndefined();
  });

  it('leaves out a number beyond all numbers, also of a total', async () => {
    const devices =
      '{"system":{},"devices":[{"vram_free":1e999,"vram_total":2}],"exec_info":{"queue_remaining":0}}';
    const { port } = await startHttpPeer(httpAnswer(devices));
    const { values, failure } = await outcomeOf({ comfyui: { url: `http://127.0.0.1:${port}` } });
    expect(failure).toBeUndefined();
    expect(Object.fromEntries(values)).toEqual({ devices: 1, vram_total_bytes: 2, queue_remaining: 0 });
  });

  it('does not tell what a text in an answer says but to people who ask', async () => {
    const outcome = await answered(httpAnswer('{"state":"prompt of a user"}'), {
      json: [{ pointer: '/state', equals: 'idle' }],
    });
    expect(outcome.failure?.detail).toBe('/state: expected "idle", not another text');
    expect(outcome.notes.join('\n')).toContain('/state is "prompt of a user"');
  });

  it.each([
    ['what is not HTTP', '-ERR unknown command\r\n'],
    ['a version of HTTP that there is not', 'HTTP/7.0 200 OK\r\n\r\n'],
    ['chunks that are none', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\nrubbish'],
    ['two lengths', 'HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab'],
    ['another protocol', 'HTTP/1.1 101 Switching\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n'],
    ['1xx without end', 'HTTP/1.1 103 Early Hints\r\n\r\n'.repeat(1000)],
  ])('calls %s no HTTP', async (_, answer) => {
    expect(await reasonOf(answer)).toBe('protocol');
  });

  it('does not judge a body that is packed although nobody asked for that', async () => {
    const answer = httpAnswer('rubbish', '200 OK', ['Content-Encoding: gzip']);
    expect(await reasonOf(answer, { body_matches: 'rub' })).toBe('protocol');
    expect(await reasonOf(answer)).toBeUndefined();
  });

  it.each([
    ['a connection that is closed at once', ''],
    ['a header that breaks off', 'HTTP/1.1 200 OK\r\nContent-'],
    ['a body that breaks off', 'HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nabc'],
    ['a chunk that breaks off', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n64\r\nabc'],
  ])('calls %s a broken connection', async (_, answer) => {
    expect(await reasonOf(answer)).toBe('connection');
  });

  it('notices a connection that is reset', async () => {
    expect(await reasonOf((socket) => socket.resetAndDestroy())).toBe('connection');
  });

  it.each<[string, Parameters<typeof startHttpPeer>[0]]>([
    ['who says nothing', () => undefined],
    ['who hangs after the header', (socket) => socket.write('HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n')],
    ['who hangs in the header', (socket) => socket.write('HTTP/1.1 200 OK\r\nContent-Le')],
    ['who sends a byte now and then', trickle('HTTP/1.1 200 OK\r\n\r\n', 'x')],
    ['who sends a header a byte now and then', trickle('HTTP/1.1 200 OK\r\nX: ', 'x')],
  ])('gives up on one %s', async (_, behaviour) => {
    const outcome = await answered(behaviour, {}, HASTY);
    expect(outcome.failure?.reason).toBe('timeout');
    expect(outcome.failure?.detail).toMatch(
      /not done within 0\.3 s, while (waiting for the header|reading the body)/,
    );
    expect(outcome.phases?.connect).toBeGreaterThanOrEqual(0);
  });

  it('gives up on one who does not greet in TLS', async () => {
    const { port } = await startPeer({});
    expect((await failureOf({ ...HASTY, http: { url: `https://127.0.0.1:${port}/` } })).reason).toBe(
      'timeout',
    );
  });

  it('takes an answer in chunks of one byte, and lets others have their turns meanwhile', async () => {
    const bytes = 100_000;
    const body = `${'1\r\nx\r\n'.repeat(bytes)}0\r\n\r\n`;
    const peer = await startHttpPeer(`HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n${body}`);
    const parts = vi.spyOn(Readable.prototype, 'push');
    onTestFinished(() => parts.mockRestore());
    let turn = 0;
    let next = setImmediate(function count() {
      turn += 1;
      next = setImmediate(count);
    });
    onTestFinished(() => clearImmediate(next));
    const inTurn = new Map<number, number>();
    parts.mockImplementation(function (this: Readable, part) {
      if (part?.length === 1) inTurn.set(turn, (inTurn.get(turn) ?? 0) + 1);
      return push.call(this, part);
    });
    const outcome = await outcomeOf({
      http: { url: `http://127.0.0.1:${peer.port}/`, body_matches: `^x{900}` },
    });
    expect(outcome.failure).toBeUndefined();
    expect(outcome.notes.join()).toContain(`${bytes} bytes`);
    // In one socket's worth of 64 KiB there are ten thousand, and a turn may have many of those.
    expect(Math.max(...inTurn.values())).toBeLessThan(2000);
  });

  it('stops one who sends without end', async () => {
    const peer = await startHttpPeer(writeForEver(Buffer.alloc(MIB, 'x')));
    const http = { url: `http://127.0.0.1:${peer.port}/`, max_bytes: '64KiB' };
    expect((await failureOf({ http })).reason).toBe('too_large');
    // What the kernel's buffers of both sides hold has left the peer; nobody has read it.
    expect(peer.bytesSent()).toBeLessThan(16 * MIB);
  });

  it('does not wait for what is said to be too long, but takes what is just not', async () => {
    const limit = { max_bytes: 1000 };
    expect(await reasonOf('HTTP/1.1 200 OK\r\nContent-Length: 1001\r\n\r\n', limit)).toBe('too_large');
    expect(await reasonOf(httpAnswer('x'.repeat(1000)), limit)).toBeUndefined();
    const head = 'HTTP/1.1 200 OK\r\nContent-Length: 1001\r\n\r\n';
    expect(await reasonOf(head, { ...limit, method: 'HEAD' })).toBeUndefined();
  });

  it('takes long headers, but not any', async () => {
    const header = (length: number) => httpAnswer('', '200 OK', [`X-Long: ${'x'.repeat(length)}`]);
    expect(await reasonOf(header(50_000))).toBeUndefined();
    expect(await reasonOf(header(100_000))).toBe('too_large');
  });

  it('says that nobody listens', async () => {
    const { port } = await startPeer({});
    const gone = await startGone();
    expect(port).not.toBe(gone);
    const { reason, detail } = await failureOf({ http: { url: `http://127.0.0.1:${gone}/` } });
    expect(reason).toBe('refused');
    expect(detail).toContain(`127.0.0.1:${gone}`);
  });

  it('says that a name does not resolve', async () => {
    const { reason, detail } = await failureOf({ http: { url: 'http://no-such-host.invalid/' } });
    expect(reason).toBe('address');
    expect(detail).toContain('no-such-host.invalid');
  });

  it('goes only into networks that are named', async () => {
    const peer = await startHttpPeer(httpAnswer(''));
    const ask = (host: string, addresses: readonly string[]) =>
      failureOf({ http: { url: `http://${host}:${peer.port}/`, addresses } });
    expect((await ask('127.0.0.1', ['10.0.0.0/8'])).reason).toBe('address');
    expect((await ask('localhost', ['10.0.0.0/8', 'fd00::/8'])).reason).toBe('address');
    expect(peer.connections()).toBe(0);
    expect((await ask('127.0.0.1', ['127.0.0.0/8'])).reason).toBe('none');
    expect((await ask('localhost', ['127.0.0.1'])).reason).toBe('none');
  });

  it('ignores the proxies of the environment', async () => {
    const proxy = await startHttpPeer(httpAnswer('from the proxy'));
    const names = ['http_proxy', 'HTTP_PROXY', 'https_proxy', 'HTTPS_PROXY', 'all_proxy', 'ALL_PROXY'];
    const before = names.map((name) => process.env[name]);
    onTestFinished(() => {
      for (const [index, name] of names.entries()) {
        if (before[index] === undefined) delete process.env[name];
        else process.env[name] = before[index];
      }
    });
    for (const name of names) process.env[name] = `http://127.0.0.1:${proxy.port}`;
    process.env['NODE_USE_ENV_PROXY'] = '1';
    onTestFinished(() => void delete process.env['NODE_USE_ENV_PROXY']);
    expect(await reasonOf(httpAnswer('itself'), { body_matches: 'itself' })).toBeUndefined();
    expect(proxy.connections()).toBe(0);
  });

  it('ends at once when it is called off, and rejects with the reason', async () => {
    const { port } = await startPeer({});
    const calledOff = new AbortController();
    const asking = outcomeOf({ http: { url: `http://127.0.0.1:${port}/` } }, calledOff.signal);
    calledOff.abort(new Error('called off'));
    await expect(asking).rejects.toThrow('called off');
  });
});

function trickle(beginning: string, part: string): Parameters<typeof startHttpPeer>[0] {
  return (socket) => {
    socket.write(beginning);
    const timer = setInterval(() => socket.write(part), 20);
    socket.on('close', () => clearInterval(timer));
  };
}

/** A port on which nobody listens any more. */
async function startGone(): Promise<number> {
  const { createServer } = await import('node:net');
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  return typeof address === 'object' && address !== null ? address.port : 0;
}

describe('a probe over HTTP that sends a secret', () => {
  const TOKEN = 'm4rk/ed"<&>tok\\en';

  /** Ways to write a secret. */
  const FORMS: Readonly<Record<string, string>> = {
    plain: TOKEN,
    'as JSON': JSON.stringify(TOKEN),
    'as PHP has it': JSON.stringify(TOKEN).replaceAll('/', '\\/'),
    'as Go has it': JSON.stringify(TOKEN).replaceAll('<', '\\u003c').replaceAll('&', '\\u0026'),
    'as HTML': TOKEN.replaceAll('&', '&amp;').replaceAll('<', '&lt;'),
    'in a URL': encodeURIComponent(TOKEN).toLowerCase(),
    'in base64': Buffer.from(TOKEN).toString('base64'),
    'in part': TOKEN.slice(0, -1),
  };

  it.each(Object.entries(FORMS))('does not tell an answer that holds it %s', async (_, form) => {
    const bodies = [form, JSON.stringify({ state: form })];
    const token = `${tempFolder({ token: TOKEN })}/token`;
    for (const headers of [{ bearer_token_file: token }, { header_files: { Cookie: token } }]) {
      for (const body of bodies) {
        const checks = { json: [{ pointer: '/state', equals: 'idle' }], body_matches: 'xyzzy' };
        for (const check of [{}, { json: checks.json }, { body_matches: checks.body_matches }]) {
          const outcome = await answered(httpAnswer(body), { ...headers, ...check });
          expect(outcome.notes).toEqual([
            expect.stringMatching(/^asked: /),
            expect.stringMatching(/^answer: status 200, \d+ bytes: not shown: this probe sends a secret$/),
          ]);
          expect(JSON.stringify(outcome.failure ?? '')).not.toContain('m4rk');
        }
      }
    }
  });

  it('still tells the numbers that the configuration names', async () => {
    const bearer_token_file = `${tempFolder({ token: '7' })}/token`;
    const { values } = await answered(httpAnswer('{"depth":17}'), {
      bearer_token_file,
      values: { depth: '/depth' },
    });
    expect(values).toEqual(new Map([['depth', 17]]));
  });
});
