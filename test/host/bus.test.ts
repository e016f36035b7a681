import { createServer, type Socket } from 'node:net';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { connectBus } from '../../src/host/bus.ts';
import { tempFolder } from '../fakes/temp-folder.ts';
import { waitFor } from '../lab/wait.ts';

/** A socket that takes connections and says nothing, as a stopped dbus-daemon does. */
async function startSilentBus() {
  const path = join(tempFolder(), 'bus');
  const open = new Set<Socket>();
  const server = createServer((socket) => {
    open.add(socket);
    socket.on('error', () => undefined);
    socket.on('close', () => open.delete(socket));
    socket.resume();
  });
  await new Promise<void>((resolve) => server.listen(path, resolve));
  onTestFinished(() => {
    for (const socket of open) socket.destroy();
    server.close();
  });
  return { address: `unix:path=${path}`, open };
}

describe('a bus that does not answer', () => {
  it('is given up after the limit, and its connection is not left behind', async () => {
    const { address, open } = await startSilentBus();
    await expect(connectBus({ address, timeoutMs: 20 })).rejects.toMatchObject({
      code: 'timeout',
      message: `connecting to D-Bus at ${address}: no answer within 0.02 s`,
    });
    await waitFor('the connection is closed', () => (open.size === 0 ? true : undefined));
  });

  it('is unreachable where there is no socket', async () => {
    const address = `unix:path=${join(tempFolder(), 'none')}`;
    await expect(connectBus({ address })).rejects.toMatchObject({ code: 'unreachable' });
  });
});
