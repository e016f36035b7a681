import { describe, expect, it, onTestFinished } from 'vitest';
import { httpAnswer, startHttpPeer } from '../fakes/peer.ts';
import { tempFolder } from '../fakes/temp-folder.ts';
import { startFettle } from './run-fettle.ts';

async function fettle(config: object, ...words: readonly string[]) {
  const file = `${tempFolder({ 'fettle.yml': JSON.stringify(config) })}/fettle.yml`;
  return await startFettle(['probe', ...words, '--config', file], onTestFinished).ended;
}

async function probesOf(answer: string, http: object = {}) {
  const { port } = await startHttpPeer(answer);
  const probe = {
    name: 'web',
    unit: 'web.service',
    http: { url: `http://127.0.0.1:${port}/health?key=m4rked`, ...http },
  };
  return { probes: [probe, { name: 'other', interval: '1m', tcp: { host: '127.0.0.1', port } }] };
}

// Each starts a process or more.
describe('fettle probe', { timeout: 60_000 }, () => {
  it('tells what was asked, how long it took, what came and what it says', async () => {
    const config = await probesOf(httpAnswer('{"depth":7}'), { values: { depth: '/depth' } });
    const { code, stdout, stderr } = await fettle(config, 'web');
    expect([code, stderr]).toEqual([0, '']);
    const lines = stdout.split('\n');
    expect(lines[0]).toBe('web (http, web.service): as it should be');
    expect(lines[1]).toMatch(
      /^took: [\d.]+ ms \(resolve [\d.]+ ms, connect .*processing .*transfer [\d.]+ ms\)$/,
    );
    expect(lines[2]).toMatch(/^asked: GET http:\/\/127\.0\.0\.1:\d+\/health\?\.\.\.$/);
    expect(lines.slice(3)).toEqual(['answer: status 200, 11 bytes: "{\\"depth\\":7}"', 'value depth: 7', '']);
  });

  it('says which check failed, and lets no answer steer the terminal', async () => {
    const config = await probesOf(httpAnswer('\u001b[2J\u202edone'), { body_matches: 'ready' });
    const { code, stdout } = await fettle(config, 'web');
    expect(code).toBe(1);
    expect(stdout).toContain('failed (content): the body has nothing that fits body_matches: ready');
    expect(stdout).not.toMatch(/[^\n\x20-\x7e]/);
  });

  it('tells the same in JSON', async () => {
    const config = await probesOf(httpAnswer('{"depth":7}', '500 Oops'), { values: { depth: '/depth' } });
    const { code, stdout } = await fettle(config, 'web', '--json');
    expect(code).toBe(1);
    expect(JSON.parse(stdout)).toMatchObject({
      probe: 'web',
      type: 'http',
      unit: 'web.service',
      success: false,
      reason: 'status',
      detail: 'expected status 200-299, got 500',
      httpStatus: 500,
      values: { depth: 7 },
      phaseSeconds: { connect: expect.any(Number) },
    });
  });

  it('tells which probes there are', async () => {
    const config = await probesOf('');
    expect((await fettle(config)).stdout).toBe(
      'web (http, web.service): every 30 s, within 5 s\nother (tcp): every 60 s, within 5 s\n',
    );
    expect(JSON.parse((await fettle(config, '--json')).stdout)).toEqual([
      { probe: 'web', type: 'http', unit: 'web.service', intervalSeconds: 30, timeoutSeconds: 5 },
      { probe: 'other', type: 'tcp', intervalSeconds: 60, timeoutSeconds: 5 },
    ]);
  });

  it('objects to names that there are not, and to configurations that are wrong', async () => {
    const unknown = await fettle(await probesOf(''), 'wbe');
    expect(unknown.code).toBe(2);
    expect(unknown.stderr).toMatch(/^fettle: there is no probe wbe in .*; there are web, other\n$/);
    const wrong = await fettle({ probes: [{ name: 'a' }] }, 'a');
    expect(wrong.code).toBe(2);
    expect(wrong.stderr).toContain('fettle.yml:1:12: probes[0]: expected what to ask');
    const gone = await startFettle(['probe', 'a', '-c', '/nonexistent/fettle.yml'], onTestFinished).ended;
    expect([gone.code, gone.stderr]).toEqual([2, '/nonexistent/fettle.yml: there is no such file\n']);
  });
});
