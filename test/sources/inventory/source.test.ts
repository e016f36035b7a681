import { describe, expect, it } from 'vitest';
import { readInventoryOf } from '../../../src/sources/inventory/source.ts';
import { macChild, shellChild } from '../../fakes/mac-inventory.ts';

describe('readInventoryOf', () => {
  it('gives what the child prints', async () => {
    expect(await readInventoryOf(macChild('macbook-m2'))).toMatchObject({ system: { name: 'macOS' } });
  });

  it.each([
    ['echo garbage', /ended with 0: it printed no inventory/],
    ['echo "at x"; exit 3', /ended with 3: it printed no inventory/],
    ['echo \'{"memory":{}}\'; exit 1', /ended with 1/],
    [
      'printf "node:x\\n\\nError: Cannot find it\\n at y" >&2; exit 1',
      /ended with 1: Error: Cannot find it$/,
    ],
    ['echo "df: broken" >&2; kill -9 $$', /ended with a signal: df: broken$/],
  ])('says what was wrong with: %s', async (line, message) => {
    const reading = readInventoryOf(shellChild(line));
    await expect(reading).rejects.toMatchObject({
      code: 'unreadable',
      message: expect.stringMatching(message),
    });
  });

  it('gives a child up that hangs, and one that cannot be started', async () => {
    const limits = { timeoutMs: 200, killAfterMs: 200, capBytes: 1000 };
    const hanging = readInventoryOf(shellChild('sleep 600'), undefined, limits);
    await expect(hanging).rejects.toMatchObject({ code: 'timeout' });
    const missing = { path: '/nonexistent/fettle', args: [], env: {} };
    await expect(readInventoryOf(missing)).rejects.toMatchObject({ code: 'unreachable' });
  });
});
