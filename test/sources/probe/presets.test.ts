import { readFileSync } from 'node:fs';
import { createServer, type IncomingMessage } from 'node:http';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { tempFolder } from '../../fakes/temp-folder.ts';
import { outcomeOf } from './asked.ts';

interface Recorded {
  readonly status: number;
  readonly type: string;
  readonly body: unknown;
}

type Answers = Readonly<Record<string, Recorded>>;

/** Found nowhere else. */
const SECRET = 'mark3d-s3cret-of-services';

function captured(name: string): Answers {
  return JSON.parse(readFileSync(new URL(`../../captures/probes/${name}.json`, import.meta.url), 'utf8'));
}

/** A service that gives these answers, and 404 for all else, for as long as the running test. */
async function startService(answers: Answers, allows: (request: IncomingMessage) => boolean = () => true) {
  const asked: string[] = [];
  const server = createServer((request, response) => {
    asked.push(`${request.method} ${request.url}`);
    const found = answers[request.url ?? ''];
    if (!allows(request)) return response.writeHead(401).end('who are you?');
    if (found === undefined) return response.writeHead(404).end('not found');
    const { status, type, body } = found;
    response.writeHead(status, type === '' ? {} : { 'Content-Type': type });
    return response.end(typeof body === 'string' ? body : JSON.stringify(body));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => new Promise<void>((resolve) => server.close(() => resolve())));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('it does not listen on a port');
  return { url: `http://127.0.0.1:${address.port}`, asked };
}

/** The recorded answers with one of them changed. */
function withBody(name: string, path: string, body: unknown): Answers {
  const answers = captured(name);
  return { ...answers, [path]: { status: 200, type: 'application/json', ...answers[path], body } };
}

describe('comfyui', () => {
  it('is asked for its GPUs and its queue, and for no workflows', async () => {
    const { url, asked } = await startService(captured('comfyui'));
    const { failure, values, httpStatus } = await outcomeOf({ comfyui: { url } });
    expect(failure).toBeUndefined();
    expect(Object.fromEntries(values)).toEqual({
      devices: 2,
      vram_free_bytes: 17_179_869_184 + 1_073_741_824,
      vram_total_bytes: 2 * 25_250_627_584,
      queue_remaining: 7,
    });
    expect(httpStatus).toBe(200);
    expect(asked).toEqual(['GET /system_stats', 'GET /prompt']);
  });

  it('may be behind a path', async () => {
    const answers = Object.fromEntries(
      Object.entries(captured('comfyui')).map(([path, one]) => [`/a/api${path}`, one]),
    );
    const { url } = await startService(answers);
    expect((await outcomeOf({ comfyui: { url: `${url}/a/api/` } })).failure).toBeUndefined();
  });

  it('without a number for one GPU has no sum, and what else it says counts', async () => {
    const devices = [
      { vram_total: 10, vram_free: 5 },
      { vram_total: 10, vram_free: null },
    ];
    const { url } = await startService(withBody('comfyui', '/system_stats', { system: {}, devices }));
    const { failure, values } = await outcomeOf({ comfyui: { url } });
    expect(failure).toBeUndefined();
    expect(Object.fromEntries(values)).toEqual({ devices: 2, vram_total_bytes: 20, queue_remaining: 7 });
  });

  it.each<[string, string, unknown, RegExp]>([
    ['no queue', '/prompt', {}, /\/exec_info\/queue_remaining: expected a number/],
    [
      'a queue of text',
      '/prompt',
      { exec_info: { queue_remaining: '7' } },
      /queue_remaining: expected a number/,
    ],
    ['no system', '/system_stats', { devices: [] }, /\/system: expected something/],
    ['a page', '/system_stats', '<html></html>', /is not JSON/],
  ])('with %s is a failure', async (_, path, body, detail) => {
    const { url } = await startService(withBody('comfyui', path, body));
    const { failure } = await outcomeOf({ comfyui: { url } });
    expect(failure).toEqual({ reason: 'content', detail: expect.stringMatching(detail) });
  });
});

describe('ray', () => {
  it('has a head that is well', async () => {
    const { url, asked } = await startService(captured('ray-head'));
    expect((await outcomeOf({ ray: { url } })).failure).toBeUndefined();
    expect(asked).toEqual(['GET /api/gcs_healthz', 'GET /api/version']);
  });

  it('has a head that does not reach its GCS', async () => {
    const { url } = await startService(captured('ray-head-without-gcs'));
    const outcome = await outcomeOf({ ray: { url, role: 'head' } });
    expect(outcome).toMatchObject({ failure: { reason: 'status' }, httpStatus: 503 });
  });

  it('has a worker that is well', async () => {
    const { url, asked } = await startService(captured('ray-worker'));
    expect((await outcomeOf({ ray: { url, role: 'worker' } })).failure).toBeUndefined();
    expect(asked).toEqual(['GET /api/local_raylet_healthz']);
  });

  it('wants a token, which nobody is told', async () => {
    const allows = (request: IncomingMessage) => request.headers.authorization === `Bearer ${SECRET}`;
    const { url } = await startService(captured('ray-head'), allows);
    const file = join(tempFolder({ token: `${SECRET}\n`, wrong: `${SECRET}x\n` }), 'token');
    expect((await outcomeOf({ ray: { url } })).failure).toMatchObject({ reason: 'authentication' });
    const well = await outcomeOf({ ray: { url, bearer_token_file: file } });
    expect(well.failure).toBeUndefined();
    const wrong = await outcomeOf({ ray: { url, bearer_token_file: file.replace(/token$/, 'wrong') } });
    expect(wrong.failure).toMatchObject({ reason: 'authentication' });
    expect(JSON.stringify([well, wrong])).not.toContain(SECRET);
  });
});

describe('vllm', () => {
  it('is well if it answers', async () => {
    const { url } = await startService(captured('vllm'));
    expect((await outcomeOf({ vllm: { url } })).failure).toBeUndefined();
    const gone = await startService({});
    expect((await outcomeOf({ vllm: { url: gone.url } })).failure).toMatchObject({ reason: 'status' });
  });
});

describe('ollama', () => {
  it('tells how much of its models is in the memory of GPUs', async () => {
    const { url } = await startService(captured('ollama'));
    const { failure, values } = await outcomeOf({ ollama: { url } });
    expect(failure).toBeUndefined();
    expect(Object.fromEntries(values)).toEqual({
      models: 2,
      models_bytes: 46_312_884_224 + 849_200_128,
      models_vram_bytes: 23_156_442_112 + 849_200_128,
    });
  });

  it('without a model has none', async () => {
    const { url } = await startService(withBody('ollama', '/api/ps', { models: [] }));
    const { values } = await outcomeOf({ ollama: { url } });
    expect(Object.fromEntries(values)).toEqual({ models: 0, models_bytes: 0, models_vram_bytes: 0 });
  });
});
