import { describe, expect, it } from 'vitest';
import { createProbeDeps } from '../../../src/app/probe-deps.ts';
import { createGate } from '../../../src/domain/gate.ts';
import { createSecretReader } from '../../../src/host/files/secret-file.ts';
import { createPlacesOf } from '../../../src/sources/probe/file-places.ts';
import { httpAnswer, startHttpPeer } from '../../fakes/peer.ts';
import { tempFolder } from '../../fakes/temp-folder.ts';
import { probeOf } from './asked.ts';

const NOBODY = new AbortController().signal;

/** Places of which so many are kept until the test gives them back. */
function keptPlaces(places: number, kept: number) {
  const gate = createGate(places);
  let giveBack: () => void = () => undefined;
  const held = new Promise<void>((resolve) => {
    giveBack = resolve;
  });
  for (let index = 0; index < kept; index += 1) void gate(() => held);
  return { gate, giveBack: () => giveBack() };
}

const later = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));

describe('a probe that waits in line', () => {
  it('for a file has not failed, and tells how long it waited', async () => {
    const { gate, giveBack } = keptPlaces(2, 2);
    const path = `${tempFolder({ file: '' })}/file`;
    const deps = { ...createProbeDeps('/proc'), placesOf: () => gate };
    const asking = probeOf({ timeout: '100ms', file: { path } }, deps).ask(NOBODY);
    expect(await Promise.race([asking, later(250).then(() => 'waits')])).toBe('waits');
    giveBack();
    const { failure, waitedSeconds } = await asking;
    expect(failure).toBeUndefined();
    expect(waitedSeconds).toBeGreaterThan(0.1);
  });

  it('for a secret has not failed', async () => {
    const { gate, giveBack } = keptPlaces(1, 1);
    const { port } = await startHttpPeer(httpAnswer('fine'));
    const folder = tempFolder({ token: 's3cret' });
    const deps = { ...createProbeDeps('/proc'), readSecret: createSecretReader(() => gate) };
    const http = { url: `http://127.0.0.1:${port}/`, bearer_token_file: `${folder}/token` };
    const asking = probeOf({ timeout: '5s', http }, deps).ask(NOBODY);
    expect(await Promise.race([asking, later(100).then(() => 'waits')])).toBe('waits');
    giveBack();
    const { failure, waitedSeconds } = await asking;
    expect([failure, waitedSeconds !== undefined]).toEqual([undefined, true]);
  });

  it('leaves it when it is called off', async () => {
    const { gate } = keptPlaces(1, 1);
    const deps = { ...createProbeDeps('/proc'), placesOf: () => gate };
    const stop = new AbortController();
    const asking = probeOf({ timeout: '100ms', file: { path: '/a' } }, deps).ask(stop.signal);
    stop.abort(new Error('stopping'));
    await expect(asking).rejects.toThrow('stopping');
  });
});

describe('files on a server that is gone', () => {
  it('let the time of a question go on while one hangs, though others of it wait in line', async () => {
    const placesOf = createPlacesOf(createGate(2), () => MOUNTS);
    const readSecret = createSecretReader(placesOf, () => new Promise<never>(() => undefined));
    const tls = { ca_file: '/mnt/nfs/ca', cert_file: '/mnt/nfs/cert', key_file: '/mnt/nfs/key' };
    const deps = { ...createProbeDeps('/proc'), placesOf, readSecret };
    const probe = probeOf({ timeout: '100ms', http: { url: 'https://127.0.0.1:1/', tls } }, deps);
    expect((await probe.ask(NOBODY)).failure).toMatchObject({ reason: 'timeout' });
  });

  const MOUNTS = '1 1 0:1 / / rw - ext4 dev rw\n2 1 0:2 / /mnt/nfs rw - nfs4 dev rw\n';

  it('leave a place to local secrets, and each question for them ends in time', async () => {
    const hung = new Promise<never>(() => undefined);
    const placesOf = createPlacesOf(createGate(2), () => MOUNTS);
    const local = tempFolder({ token: 's3cret' });
    const readSecret = createSecretReader(placesOf, (path) =>
      path.startsWith('/mnt/') ? hung : Promise.resolve('s3cret'),
    );
    const { port } = await startHttpPeer(httpAnswer('fine'));
    const deps = { ...createProbeDeps('/proc'), placesOf, readSecret };
    const url = `http://127.0.0.1:${port}/`;
    const remote = probeOf(
      {
        timeout: '100ms',
        http: {
          url,
          bearer_token_file: '/mnt/nfs/token',
          header_files: { 'X-Key': '/mnt/nfs/key' },
          tls: { ca_file: '/mnt/nfs/ca' },
        },
      },
      deps,
    );
    for (let times = 0; times < 3; times += 1) {
      expect((await remote.ask(NOBODY)).failure).toEqual({
        reason: 'timeout',
        detail: 'not done within 0.1 s, while reading the files of secrets',
      });
    }
    const well = probeOf({ http: { url, bearer_token_file: `${local}/token` } }, deps);
    expect((await well.ask(NOBODY)).failure).toBeUndefined();
    expect((await probeOf({ file: { path: `${local}/token` } }, deps).ask(NOBODY)).failure).toBeUndefined();
  });
});
