import { writeFileSync } from 'node:fs';
import { expect, it, onTestFinished } from 'vitest';
import { startProbeSources } from '../../src/app/probe-sources.ts';
import { loadConfig } from '../../src/config/load.ts';
import { startFettle } from '../cli/run-fettle.ts';
import { httpAnswer, startHttpPeer, startPeer } from '../fakes/peer.ts';
import { recordedLog } from '../fakes/recorded-log.ts';
import { tempFolder } from '../fakes/temp-folder.ts';

const SECRET = 'm4rked"secret/word';

/** Every way in which a service may answer, each with what it was asked, secrets and all, in its answer. */
const ANSWERS: Readonly<Record<string, (heard: string) => string>> = {
  well: (heard) => httpAnswer(heard),
  status: (heard) => httpAnswer(heard, '500 Oops'),
  denied: (heard) => httpAnswer(heard, '401 No', [`WWW-Authenticate: ${valueIn(heard)}`]),
  reason: (heard) => httpAnswer('', `500 ${valueIn(heard)}`),
  redirect: (heard) => httpAnswer('', '302 Found', [`Location: http://elsewhere.invalid/${valueIn(heard)}`]),
  own: (heard) => httpAnswer('', '302 Found', [`Location: /${encodeURIComponent(valueIn(heard))}/`]),
  raw: (heard) => httpAnswer('', '302 Found', [`Location: /${valueIn(heard)}/`]),
  json: (heard) => httpAnswer(JSON.stringify({ state: heard, token: valueIn(heard) })),
  rubbish: (heard) => heard,
  long: (heard) => httpAnswer(heard.repeat(1000)),
  broken: (heard) => `HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n${heard}`,
  chunks: (heard) => `HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n${heard}`,
};

function valueIn(heard: string): string {
  return /Bearer (.*)\r/.exec(heard)?.[1] ?? '';
}

it('tells no secret anywhere, however a service answers', async () => {
  const folder = tempFolder({ token: `${SECRET}\n`, key: `Basic ${SECRET}`, send: `AUTH ${SECRET}\r\n` });
  const files = { bearer_token_file: `${folder}/token`, header_files: { 'X-Api-Key': `${folder}/key` } };
  const common = { ...files, max_bytes: '64KiB', redirects: 'same-host', values: { a: '/a' } };
  const probes: object[] = [];
  const add = (name: string, kind: object) =>
    probes.push({ name, interval: '1s', timeout: '400ms', ...kind });
  for (const [name, answer] of Object.entries(ANSWERS)) {
    const { port } = await startHttpPeer((socket, heard) => socket.end(answer(heard)));
    const http = { ...common, url: `http://127.0.0.1:${port}/` };
    const json = [{ pointer: '/state', equals: 'idle' }];
    add(name, { http: { ...http, json } });
    add(`${name}-text`, { http: { ...http, body_matches: 'xyzzy' } });
    add(`${name}-any`, { http: { ...http, expect_status: ['100-599'], values: {} } });
  }
  const tls = await startHttpPeer((socket, heard) => socket.end(httpAnswer(heard)), 'stranger');
  add('tls', { http: { ...common, url: `https://127.0.0.1:${tls.port}/` } });
  const silent = await startPeer({});
  add('silent', { http: { ...common, url: `http://127.0.0.1:${silent.port}/` } });
  add('files', { http: { url: 'http://127.0.0.1:1/', bearer_token_file: `${folder}/send` } });
  add('cert', { http: { url: 'https://127.0.0.1:1/', tls: { ca_file: `${folder}/token` } } });
  const echo = await startPeer({ hear: (socket, heard) => socket.end(heard) });
  const steps = [{ send_file: `${folder}/send` }, { expect: 'xyzzy' }];
  add('tcp', { tcp: { host: '127.0.0.1', port: echo.port, steps } });

  const text = JSON.stringify({ probes });
  const loaded = loadConfig(text);
  if (!loaded.ok) throw new Error(JSON.stringify(loaded.problems));
  const { log, lines } = recordedLog();
  const sources = await startProbeSources(loaded.config, log);
  onTestFinished(() => sources.stop());
  const samples = async () =>
    (await sources.collector.collect(new AbortController().signal)).flatMap((block) => block.samples());
  await expect
    .poll(
      async () => (await samples()).filter(({ metric }) => metric.name === 'fettle_probe_success').length,
      {
        timeout: 30_000,
      },
    )
    .toBe(probes.length);

  const config = `${folder}/fettle.yml`;
  writeFileSync(config, text);
  const said: string[] = [];
  for (const words of [
    ['check', config],
    ...['json', 'own', 'raw', 'well-any', 'tcp'].map((name) => ['probe', name, '-c', config]),
  ]) {
    const { stdout, stderr } = await startFettle(words, onTestFinished).ended;
    said.push(`${stdout}${stderr}`);
  }
  const told = [...lines.map((line) => JSON.stringify(line)), JSON.stringify(await samples()), ...said].join(
    '\n',
  );
  // It would have been told: there were answers, and the secret was in them.
  expect(told).toContain('not shown: this probe sends a secret');
  expect(told).toContain('probe failed');
  for (const form of ['m4rked', 'secret/word', 'secret%2Fword', 'secret%2fword', 'secret\\/word'])
    expect(told).not.toContain(form);
}, 60_000);
