import type { MxRecord, SrvRecord } from 'node:dns';
import { Resolver } from 'node:dns/promises';
import { isIP } from 'node:net';
import type { DnsType } from '../../domain/probes/dns.ts';

/** A question for a name server. */
export interface NameQuestion {
  /** For PTR it may be an address. */
  readonly name: string;
  readonly type: DnsType;
  /** `192.0.2.1:53`; undefined: those of the system. */
  readonly server: string | undefined;
}

/** Records as texts, or the code of c-ares that says why there are none: `ENOTFOUND`, `ESERVFAIL`. */
export type NameAnswer = { readonly records: readonly string[] } | { readonly error: string };

/** A question is a packet, which may get lost: the second one is sent after so long, and then later each time. */
const FIRST_TRY_MS = 1000;
const TRIES = 4;

/**
 * Asks a name server, not the files of this machine. Never rejects; a signal ends it with `ECANCELLED`.
 *
 * `SRV` is told as `PRIORITY WEIGHT PORT NAME`, `MX` as `PRIORITY NAME`, the parts of a `TXT` as one.
 */
export async function askNameServer(question: NameQuestion, signal: AbortSignal): Promise<NameAnswer> {
  const resolver = new Resolver({ timeout: FIRST_TRY_MS, tries: TRIES });
  const onAbort = () => resolver.cancel();
  signal.addEventListener('abort', onAbort, { once: true });
  try {
    if (question.server !== undefined) resolver.setServers([question.server]);
    const answer = recordsOf(resolver, question);
    if (signal.aborted) onAbort();
    return { records: await answer };
  } catch (thrown) {
    return { error: thrown instanceof Error && 'code' in thrown ? String(thrown.code) : 'EUNKNOWN' };
  } finally {
    signal.removeEventListener('abort', onAbort);
  }
}

/** The servers of the system, for people. */
export function systemNameServers(): readonly string[] {
  return new Resolver().getServers();
}

async function recordsOf(resolver: Resolver, { name, type }: NameQuestion): Promise<readonly string[]> {
  switch (type) {
    case 'A':
      return resolver.resolve4(name);
    case 'AAAA':
      return resolver.resolve6(name);
    case 'CNAME':
      return resolver.resolveCname(name);
    case 'NS':
      return resolver.resolveNs(name);
    case 'PTR':
      return isIP(name) === 0 ? resolver.resolvePtr(name) : resolver.reverse(name);
    case 'TXT':
      return (await resolver.resolveTxt(name)).map((parts) => parts.join(''));
    case 'MX':
      return (await resolver.resolveMx(name)).map(mxText);
    case 'SRV':
      return (await resolver.resolveSrv(name)).map(srvText);
    default:
      return type satisfies never;
  }
}

function mxText({ priority, exchange }: MxRecord): string {
  return `${priority} ${exchange}`;
}

function srvText({ priority, weight, port, name }: SrvRecord): string {
  return `${priority} ${weight} ${port} ${name}`;
}
