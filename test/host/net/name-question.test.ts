import { describe, expect, it } from 'vitest';
import { askNameServer } from '../../../src/host/net/name-question.ts';
import { startZoneServer } from '../../fakes/zone-server.ts';

describe('a question for a name server', () => {
  it('is called off by its signal, before it was asked and after', async () => {
    const called = new AbortController();
    const server = await startZoneServer(() => {
      called.abort();
      return 'silence';
    });
    const question = { name: 'node.test', type: 'A', server } as const;
    expect(await askNameServer(question, called.signal)).toEqual({ error: 'ECANCELLED' });
    expect(await askNameServer(question, called.signal)).toEqual({ error: 'ECANCELLED' });
  });
});
