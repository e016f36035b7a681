import { expect, it, onTestFinished } from 'vitest';
import { openConnection } from '../../../src/host/net/connection.ts';
import { startPeer } from '../../fakes/peer.ts';

it('says many things one after the other without a warning of listeners that pile up', async () => {
  const warnings: Error[] = [];
  const keep = (warning: Error) => void warnings.push(warning);
  process.on('warning', keep);
  onTestFinished(() => void process.off('warning', keep));
  const peer = await startPeer({});
  const { signal } = new AbortController();
  const to = { kind: 'tcp', host: '127.0.0.1', port: peer.port } as const;
  const deps = { resolve: () => Promise.reject(new Error('nobody asks for an address')), elapsedMs: () => 0 };
  const connection = await openConnection({ to, maxBytes: 1, signal, found: {} }, deps);
  for (let count = 0; count < 100; count += 1) await connection.write('x');
  await expect.poll(() => peer.heard().length).toBe(100);
  connection.close();
  expect(warnings.map(({ message }) => message)).toEqual([]);
  await expect(connection.write('x')).rejects.toMatchObject({ reason: 'connection' });
});
