import { hostPort } from '../../domain/address.ts';
import { fail, ok, type Verdict, warn } from '../../domain/finding.ts';
import type { PortOwner, PortPlace } from '../../host/net/port-probe.ts';

/** Whether a half of fettle can listen, or does. */
export function listenerVerdict(place: PortPlace, setting: string, owner: PortOwner): Verdict {
  const address = hostPort(place.host, place.port);
  switch (owner.kind) {
    case 'nobody':
      return ok(place.port === 0 ? 'any free port will do' : `${address} is free`);
    case 'fettle':
      return ok(`a fettle listens on ${address}`);
    case 'guarded':
      return warn(
        `${address} is taken by somebody who asks for a password or a certificate`,
        'That is a fettle if it runs with --web.config.file; else see: ss -ltnp',
      );
    case 'other':
      return fail(
        `${address} is taken by another program`,
        `See which: ss -ltnp; end it, or set ${setting} to another port`,
      );
    case 'refused':
      return fail(`nobody may listen on ${address}: ${owner.error}`, adviceFor(owner.error, setting));
    default:
      return owner satisfies never;
  }
}

function adviceFor(error: string, setting: string): string {
  if (error === 'EACCES') return `Ports below 1024 are for root: set ${setting} to a higher one`;
  if (error === 'EADDRNOTAVAIL') return `This machine has no such address: set ${setting} to one that it has`;
  return `Set ${setting} to an address of this machine`;
}
