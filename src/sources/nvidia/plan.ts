import { isGivenAway } from '../../domain/pci.ts';
import type { NvidiaDevice } from './devices.ts';

/** What to ask the driver for, so that no GPU is woken. */
export type Plan =
  /** Nothing: all GPUs sleep. */
  | { readonly kind: 'rest' }
  | {
      readonly kind: 'ask';
      /** PCI addresses of those to ask for; undefined: all that there are. */
      readonly only: readonly string[] | undefined;
      /** PCI addresses of all that the driver may have. */
      readonly addresses: readonly string[];
      /** Whether there are GPUs that somebody may expect to be read. */
      readonly hasDevices: boolean;
    };

/** A GPU of another driver, or of none, is no matter of nvidia-smi, asleep or not. */
export function planOf(devices: readonly NvidiaDevice[]): Plan {
  const own = devices.filter(({ driver }) => driver === undefined || driver === 'nvidia');
  const awake = own.filter(({ suspended }) => !suspended);
  if (own.length > 0 && awake.length === 0) return { kind: 'rest' };
  return {
    kind: 'ask',
    only: awake.length < own.length ? awake.map(({ pciBusId }) => pciBusId) : undefined,
    addresses: own.map(({ pciBusId }) => pciBusId),
    hasDevices: devices.some(({ driver }) => driver === undefined || !isGivenAway({ driver })),
  };
}
