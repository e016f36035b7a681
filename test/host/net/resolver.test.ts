import { describe, expect, it } from 'vitest';
import type { Networks } from '../../../src/domain/probes/settings.ts';
import { allowedAddresses } from '../../../src/host/net/resolver.ts';

describe('allowedAddresses', () => {
  const networks: Networks = [
    { address: '10.0.0.0', prefix: 8, family: 'ipv4' },
    { address: 'fd00::', prefix: 8, family: 'ipv6' },
  ];
  const knows =
    (...addresses: readonly string[]) =>
    async () =>
      addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 }));

  it('keeps those in the networks', async () => {
    const resolve = knows('192.0.2.1', '10.1.2.3', 'fd12::1', '2001:db8::1');
    const kept = await allowedAddresses('a', networks, resolve);
    expect(kept.map(({ address }) => address)).toEqual(['10.1.2.3', 'fd12::1']);
    expect(await allowedAddresses('a', undefined, resolve)).toHaveLength(4);
  });

  it.each(['192.0.2.1', '::1', '::ffff:192.0.2.1'])(
    'does not go to %s outside of them, resolved or written',
    async (address) => {
      const fault = { reason: 'address' };
      await expect(allowedAddresses('a', networks, knows(address))).rejects.toMatchObject(fault);
      await expect(allowedAddresses(address, networks, knows('10.0.0.1'))).rejects.toMatchObject(fault);
    },
  );

  it('takes an address as it is, and asks nobody for it', async () => {
    const never = () => Promise.reject(new Error('asked'));
    expect(await allowedAddresses('10.0.0.1', networks, never)).toEqual([{ address: '10.0.0.1', family: 4 }]);
  });
});
