import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import { inSlices, SLICE_BYTES } from '../../../src/host/net/in-slices.ts';
import { startPeer } from '../../fakes/peer.ts';

async function connectedTo(meet: (socket: Socket) => void): Promise<Socket> {
  const { port } = await startPeer({ meet });
  const socket = connect(port, '127.0.0.1');
  onTestFinished(() => void socket.destroy());
  await once(socket, 'connect');
  return socket;
}

/** The number of the turn of the event loop that is under way. */
function countTurns(): () => number {
  let turn = 0;
  let next = setImmediate(function count() {
    turn += 1;
    next = setImmediate(count);
  });
  onTestFinished(() => clearImmediate(next));
  return () => turn;
}

describe('a connection in slices', () => {
  it('gives all that comes, in small parts, each in a turn of its own', async () => {
    const sent = Buffer.from(Array.from({ length: 1024 ** 2 }, (_, index) => index % 251));
    const sliced = inSlices(await connectedTo((socket) => socket.end(sent)));
    const turnOf = countTurns();
    const parts: Buffer[] = [];
    const turns: number[] = [];
    sliced.on('data', (part: Buffer) => {
      parts.push(part);
      turns.push(turnOf());
    });
    await once(sliced, 'end');
    expect(Buffer.concat(parts).equals(sent)).toBe(true);
    expect(Math.max(...parts.map(({ length }) => length))).toBeLessThanOrEqual(SLICE_BYTES);
    expect(new Set(turns).size).toBe(turns.length);
  });

  it('sends what is written, and takes the socket with it at its end', async () => {
    const heard: string[] = [];
    const socket = await connectedTo((peer) => peer.on('data', (part) => heard.push(part.toString())));
    const sliced = inSlices(socket);
    sliced.write('hello');
    await expect.poll(() => heard.join('')).toBe('hello');
    sliced.destroy();
    expect(socket.destroyed).toBe(true);
  });

  it('breaks as the socket does', async () => {
    const sliced = inSlices(await connectedTo((peer) => setImmediate(() => peer.resetAndDestroy())));
    const [error] = await Promise.all([once(sliced, 'error'), sliced.resume()]);
    expect(error).toEqual([expect.objectContaining({ code: 'ECONNRESET' })]);
  });

  it('asks for no more than is taken', async () => {
    const sent = Buffer.alloc(32 * 1024 ** 2, 'x');
    const socket = await connectedTo((peer) => peer.write(sent));
    const sliced = inSlices(socket);
    await once(sliced, 'readable');
    const turnOf = countTurns();
    await expect.poll(turnOf).toBeGreaterThan(1000);
    expect(sliced.readableLength).toBeLessThanOrEqual(2 * SLICE_BYTES);
    expect(socket.bytesRead).toBeLessThan(1024 ** 2);
  });
});
