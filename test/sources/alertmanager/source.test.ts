import { describe, expect, it } from 'vitest';
import { createProbeDeps } from '../../../src/app/probe-deps.ts';
import type { AlertmanagerPlace } from '../../../src/domain/policy.ts';
import { readAlertState } from '../../../src/sources/alertmanager/source.ts';
import { startPeer } from '../../fakes/peer.ts';
import { tempFolder } from '../../fakes/temp-folder.ts';

const ALERT = {
  fingerprint: 'a1',
  labels: new Map([
    ['alertname', 'Down'],
    ['unit', 'x.service'],
  ]),
};
const ACTIVE = '[{"fingerprint":"a1","status":{"state":"active","silencedBy":[],"inhibitedBy":[]}}]';

const answer = (body: string, head = 'HTTP/1.1 200 OK') =>
  `${head}\r\nContent-Length: ${Buffer.byteLength(body)}\r\nConnection: close\r\n\r\n${body}`;

/** A server that gives one answer to whatever it is asked. */
const serverWith = (text: string) =>
  startPeer({ hear: (socket, heard) => void (heard.includes('\r\n\r\n') && socket.end(text)) });

const placeAt = (port: number, more: Partial<AlertmanagerPlace> = {}): AlertmanagerPlace => ({
  url: `http://127.0.0.1:${port}`,
  bearerTokenFile: undefined,
  timeoutSeconds: 2,
  ...more,
});

const ask = (place: AlertmanagerPlace, signal = new AbortController().signal) =>
  readAlertState(place, ALERT, createProbeDeps('/proc'), signal);

describe('asking Alertmanager', () => {
  it('asks for the alert below the path of the URL, with the token as it is in the file now', async () => {
    const peer = await serverWith(answer(ACTIVE));
    const bearerTokenFile = `${tempFolder({ token: 's3cret\n' })}/token`;
    const place = placeAt(peer.port, { url: `http://127.0.0.1:${peer.port}/alerts/`, bearerTokenFile });
    expect(await ask(place)).toMatchObject({ state: 'active' });
    expect(peer.heard()).toMatch(
      /^GET \/alerts\/api\/v2\/alerts\?active=true&\S*filter=alertname%3D%22Down%22&filter=unit/,
    );
    expect(peer.heard()).toContain('Authorization: Bearer s3cret\r\n');
  });

  it.each([
    ['401 Unauthorized', /answers 401; a bearer_token_file is needed/],
    ['403 Forbidden', /answers 403/],
    ['500 Internal Server Error', /answers 500/],
    ['404 Not Found', /answers 404/],
  ])('says what is wrong with an answer of %s', async (status, words) => {
    const peer = await serverWith(answer('no', `HTTP/1.1 ${status}`));
    await expect(ask(placeAt(peer.port))).rejects.toThrow(words);
  });

  it('follows no redirect, which would lead the token elsewhere', async () => {
    const other = await serverWith(answer(ACTIVE));
    const head = `HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:${other.port}/`;
    const peer = await serverWith(answer('', head));
    await expect(ask(placeAt(peer.port))).rejects.toThrow(/answers 302; redirects are not followed/);
    expect(other.connections()).toBe(0);
  });

  it.each([
    ['no JSON', answer('<html>'), /no list of alerts/],
    ['no HTTP', 'SSH-2.0-x\r\n', /does not answer in HTTP/],
    [
      'more than 8 MiB',
      answer('', `HTTP/1.1 200 OK\r\nX: y`).replace('Length: 0', 'Length: 9000000'),
      /longer than 8388608 bytes/,
    ],
    ['half an answer', answer(ACTIVE).slice(0, -10), /closed in the middle|broke: ECONNRESET/],
  ])('says so where there is %s', async (_, text, words) => {
    const peer = await serverWith(text);
    await expect(ask(placeAt(peer.port))).rejects.toThrow(words);
  });

  it('says that nobody is there', async () => {
    await expect(ask(placeAt(1))).rejects.toThrow(/127\.0\.0\.1:1/);
  });

  it.each(['', 'two tokens\n'])('says so where the file of the token holds %j', async (token) => {
    const peer = await serverWith(answer(ACTIVE));
    const bearerTokenFile = `${tempFolder({ token })}/token`;
    await expect(ask(placeAt(peer.port, { bearerTokenFile }))).rejects.toThrow(/expected one bearer token/);
    expect(peer.connections()).toBe(0);
  });

  it('gives up when it is told to', async () => {
    const peer = await startPeer({});
    const stop = new AbortController();
    const asking = ask(placeAt(peer.port), stop.signal);
    stop.abort(new Error('time is up'));
    await expect(asking).rejects.toThrow('time is up');
  });
});
