import { describe, expect, it } from 'vitest';
import { createTlsContexts } from '../../../src/host/net/tls-contexts.ts';
import { createTlsFiles } from '../../../src/host/net/tls-files.ts';
import { pem } from '../../fakes/pem.ts';

const NONE = { ca: undefined, cert: undefined, key: undefined };

describe('what secure connections are made with', () => {
  it('is one for the same texts, and another one for others', () => {
    const contexts = createTlsContexts();
    const ca = { ...NONE, ca: pem('ca.crt') };
    const own = { ...ca, cert: pem('client.crt'), key: pem('client.key') };
    const all = [NONE, ca, own, { ...NONE, ca: pem('expired.crt') }];
    const made = all.map(contexts);
    expect(new Set(made).size).toBe(all.length);
    expect(all.map((texts) => contexts({ ...texts }))).toEqual(made);
    for (const [index, texts] of all.entries()) expect(contexts({ ...texts })).toBe(made[index]);
  });

  it('is shared by all probes with the same authorities, and made anew when a file holds others', async () => {
    let text = pem('ca.crt');
    const deps = { readSecret: async () => text, tlsContexts: createTlsContexts() };
    const [first, second] = ['/a', '/b'].map((caFile) => createTlsFiles({ caFile, insecure: false }, deps));
    const [before, same] = [await first?.(), await second?.()];
    expect(before?.context).toBe(same?.context);
    text = pem('expired.crt');
    const after = await first?.();
    expect(after?.context).not.toBe(before?.context);
  });
});
