import { BlockList, isIP } from 'node:net';
import { ProbeFault } from '../../domain/probes/fault.ts';
import type { Networks } from '../../domain/probes/settings.ts';

/** An address, and its kind as Node numbers it. */
export interface Address {
  readonly address: string;
  readonly family: number;
}

/** The addresses of a host, as this machine finds them (also in /etc/hosts). Rejects if there are none. */
export type Resolve = (host: string) => Promise<readonly Address[]>;

/** The addresses of a host that may be gone to. Throws ProbeFault `address` if there are none. */
export async function allowedAddresses(
  host: string,
  networks: Networks,
  resolve: Resolve,
): Promise<readonly Address[]> {
  const found = isIP(host) === 0 ? await resolved(host, resolve) : [{ address: host, family: isIP(host) }];
  if (networks === undefined) return found;
  const list = blockListOf(networks);
  const allowed = found.filter(({ address, family }) => list.check(address, family === 6 ? 'ipv6' : 'ipv4'));
  if (allowed.length > 0) return allowed;
  const addresses = found.map(({ address }) => address).join(', ');
  throw new ProbeFault('address', `${host} is ${addresses}, which is in none of the networks of addresses:`);
}

async function resolved(host: string, resolve: Resolve): Promise<readonly Address[]> {
  try {
    return await resolve(host);
  } catch (thrown) {
    const code = thrown instanceof Error && 'code' in thrown ? String(thrown.code) : 'no answer';
    const detail = `the name ${host} does not resolve (${code}); see whether it is spelt right, and getent hosts ${host}`;
    throw new ProbeFault('address', detail, { cause: thrown });
  }
}

function blockListOf(networks: NonNullable<Networks>): BlockList {
  const list = new BlockList();
  for (const { address, prefix, family } of networks) list.addSubnet(address, prefix, family);
  return list;
}
