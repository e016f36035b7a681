import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { connectBus } from '../../../src/host/bus.ts';
import { createResolvedReader } from '../../../src/sources/resolved/source.ts';
import { tempFolder } from '../../fakes/temp-folder.ts';

describe('a reader without a bus', () => {
  it('fails, and tries again at every read', async () => {
    const address = `unix:path=${join(tempFolder(), 'none')}`;
    let attempts = 0;
    const reader = createResolvedReader(() => {
      attempts += 1;
      return connectBus({ address });
    });
    await expect(reader.read()).rejects.toMatchObject({ code: 'unreachable' });
    await expect(reader.read()).rejects.toMatchObject({ code: 'unreachable' });
    expect(attempts).toBe(2);
  });

  it('has nothing to close before its first read', () => {
    const reader = createResolvedReader(() => {
      throw new Error('nobody asked for a connection');
    });
    expect(() => reader.close()).not.toThrow();
  });
});
