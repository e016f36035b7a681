import { describe, expect, it, onTestFinished } from 'vitest';
import { type Link, openLink } from '../../../src/host/dbus/link.ts';
import { waitFor } from '../../lab/wait.ts';
import { referenceMessage } from './reference.ts';
import { startSmallServer } from './small-server.ts';

const SIGNAL = referenceMessage({
  kind: 4,
  fields: [
    [1, 'o', '/'],
    [2, 's', 'a.b'],
    [3, 's', 'C'],
  ],
});

/** A link whose receiver notes what comes. */
async function open(path: string, signal: AbortSignal) {
  const came: Buffer[] = [];
  const ends: string[] = [];
  let link: Link | undefined;
  await openLink(
    path,
    (opened) => {
      link = opened;
      return {
        receive: (chunk, length) => void came.push(Buffer.from(chunk.subarray(0, length))),
        ended: (reason) => void ends.push(reason),
      };
    },
    signal,
  );
  onTestFinished(() => link?.cut());
  return { came: () => Buffer.concat(came), ends };
}

describe('a link', () => {
  it('begins right after the answer to the log-in, wherever that is cut', async () => {
    const login = Buffer.concat([Buffer.from('OK 01\r\n'), SIGNAL.subarray(0, 20)]);
    const { path, clients } = await startSmallServer({ login });
    const { came } = await open(path, new AbortController().signal);
    clients[0]?.socket.write(SIGNAL.subarray(20));
    await waitFor('all has come', () => came().length === SIGNAL.length || undefined, { everyMs: 1 });
    expect(came()).toEqual(SIGNAL);
  });

  it('is not ended by the signal that would have called off the connecting', async () => {
    const { path, clients } = await startSmallServer();
    const controller = new AbortController();
    const { came, ends } = await open(path, controller.signal);
    controller.abort();
    clients[0]?.socket.write(SIGNAL);
    await waitFor('it has come', () => came().length === SIGNAL.length || undefined, { everyMs: 1 });
    expect(ends).toEqual([]);
  });

  it('is none for a signal that has been given', async () => {
    const { path, clients } = await startSmallServer();
    const reason = new Error('too late');
    await expect(open(path, AbortSignal.abort(reason))).rejects.toBe(reason);
    expect(clients).toEqual([]);
  });

  it('tells why it ended', async () => {
    const { path, clients } = await startSmallServer();
    const { ends } = await open(path, new AbortController().signal);
    clients[0]?.socket.end();
    await waitFor('it has ended', () => ends.length > 0 || undefined, { everyMs: 1 });
    expect(ends[0]).toBe('the bus closed the connection');
  });
});
