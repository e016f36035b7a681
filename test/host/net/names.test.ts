import { describe, expect, it } from 'vitest';
import { createResolver } from '../../../src/host/net/names.ts';
import type { Address } from '../../../src/host/net/resolver.ts';

const ADDRESS: readonly Address[] = [{ address: '192.0.2.1', family: 4 }];

/** Name servers that answer when the test says so, or at once. */
function servers() {
  let nowMs = 0;
  const asked: string[] = [];
  const open = new Map<string, { well: () => void; fail: (code: string) => void }>();
  const hanging = new Set<string>();
  const ask = (host: string) => {
    asked.push(host);
    if (!hanging.has(host)) return Promise.resolve(ADDRESS);
    return new Promise<readonly Address[]>((resolve, reject) =>
      open.set(host, {
        well: () => resolve(ADDRESS),
        fail: (code) => reject(Object.assign(new Error(code), { code })),
      }),
    );
  };
  const resolve = createResolver(
    ask,
    () => nowMs,
    () => undefined,
  );
  return { resolve, asked, open, hanging, pass: (ms: number) => (nowMs += ms) };
}

const settle = () => new Promise<void>((resolve) => setImmediate(resolve));
const codeOf = (thrown: unknown) => Reflect.get(Object(thrown), 'code');

describe('names', () => {
  it('are asked for once at a time, and anew afterwards, also after a failure', async () => {
    const { resolve, asked, open, hanging } = servers();
    hanging.add('a');
    const both = [resolve('a'), resolve('a')].map((one) => one.catch(codeOf));
    await settle();
    expect(asked).toEqual(['a']);
    open.get('a')?.fail('ENOTFOUND');
    expect(await Promise.all(both)).toEqual(['ENOTFOUND', 'ENOTFOUND']);
    resolve('a').catch(() => undefined);
    await settle();
    expect(asked).toEqual(['a', 'a']);
  });

  it('that have answered are asked for while others hang', async () => {
    const { resolve, asked, hanging } = servers();
    expect(await resolve('well')).toEqual(ADDRESS);
    for (const dead of ['dead1', 'dead2', 'dead3']) {
      hanging.add(dead);
      resolve(dead).catch(() => undefined);
    }
    await settle();
    expect(await resolve('well')).toEqual(ADDRESS);
    expect(asked).toEqual(['well', 'dead1', 'well']);
  });

  it('that were waited for in vain are not asked for again so soon', async () => {
    const { resolve, asked, open, hanging, pass } = servers();
    hanging.add('dead');
    const first = resolve('dead').catch(codeOf);
    await settle();
    pass(10_000);
    open.get('dead')?.fail('EAI_AGAIN');
    expect(await first).toBe('EAI_AGAIN');
    pass(20_000);
    expect(await resolve('dead').catch(codeOf)).toBe('EAI_AGAIN');
    expect(asked).toEqual(['dead']);
    pass(10_000);
    hanging.clear();
    expect(await resolve('dead')).toEqual(ADDRESS);
    expect(asked).toEqual(['dead', 'dead']);
  });

  it('keep their last good addresses for a minute while name servers do not answer', async () => {
    const { resolve, open, hanging, pass } = servers();
    await resolve('well');
    hanging.add('well');
    pass(5000);
    expect(await resolve('well')).toEqual(ADDRESS);
    pass(10_000);
    open.get('well')?.fail('EAI_AGAIN');
    await settle();
    expect(await resolve('well')).toEqual(ADDRESS);
    pass(46_000);
    const late = resolve('well').catch(codeOf);
    await settle();
    open.get('well')?.fail('EAI_AGAIN');
    expect(await late).toBe('EAI_AGAIN');
  });

  it('that are gone do not keep them', async () => {
    const { resolve, open, hanging } = servers();
    await resolve('well');
    hanging.add('well');
    const asking = resolve('well').catch(codeOf);
    await settle();
    open.get('well')?.fail('ENOTFOUND');
    expect(await asking).toBe('ENOTFOUND');
  });

  it('of this machine take no name server', async () => {
    const resolve = createResolver(() => Promise.reject(new Error('asked')));
    expect((await resolve('localhost')).map(({ address }) => address)).toContain('127.0.0.1');
  });
});
