import type { BlockingXid } from '../../domain/circumstances.ts';
import type { Rail } from '../rail.ts';
import { lookAgain, unknown } from './retry-at.ts';
import { startsSomething } from './starts-something.ts';

/** Nothing is started on a GPU that asks for a reset or a reboot: it cannot help, and a person has to. */
export const xidGate: Rail = {
  name: 'xid-gate',
  check({ step }, context) {
    if (!context.settings.gates.xid || !startsSomething(step)) return undefined;
    const { blockingXids } = context.circumstances;
    if (!blockingXids.known) return unknown('whether a GPU asks for a reset', blockingXids, context);
    if (blockingXids.value.length === 0) return undefined;
    return {
      reason: `${blockingXids.value.map(told).join('; ')}: a start cannot help; hand over to a person`,
      // It may be reset by then.
      retryAt: lookAgain(context),
    };
  },
};

function told({ pciAddress, code, asks }: BlockingXid): string {
  return `GPU ${pciAddress} has reported Xid ${code}, which asks for a ${asks}`;
}
