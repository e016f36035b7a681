import type { Kmsg } from '../../src/host/kmsg.ts';

/** A log of these records, read anew by whoever opens it. */
export function kmsgOf(...records: readonly string[]): () => Kmsg {
  return () => {
    const rest = [...records];
    return {
      read: () => {
        const record = rest.shift();
        return record === undefined ? 'drained' : { record };
      },
      close: () => undefined,
    };
  };
}
