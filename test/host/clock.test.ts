import { describe, expect, it } from 'vitest';
import { systemClock } from '../../src/host/clock.ts';

describe('systemClock', () => {
  it('tells the time of this machine', () => {
    const before = Date.now();
    const now = systemClock.now().getTime();
    expect(now).toBeGreaterThanOrEqual(before);
    expect(now).toBeLessThanOrEqual(Date.now());
  });

  it('wakes a sleeper who is called off', async () => {
    const caller = new AbortController();
    const sleep = systemClock.sleep(3_600_000, caller.signal);
    caller.abort(new Error('fettle is being stopped'));
    await expect(sleep).rejects.toMatchObject({ cause: { message: 'fettle is being stopped' } });
  });

  it('lets a sleeper wake without a signal', async () => {
    await expect(systemClock.sleep(1)).resolves.toBeUndefined();
  });

  it('lets a sleeper sleep longer than a timer of Node can', async () => {
    const caller = new AbortController();
    const month = systemClock.sleep(30 * 24 * 3_600_000, caller.signal).catch(() => 'called off');
    expect(await Promise.race([month, systemClock.sleep(20).then(() => 'asleep')])).toBe('asleep');
    caller.abort();
    expect(await month).toBe('called off');
  });
});
