import type { GpuVendor, Values } from './gpu.ts';

/**
 * A PCI address as the kernel writes it (`0000:01:00.0`), of one that others print (`00000000:01:00.0`, `0000:0B:00`).
 *
 * Empty if it is none.
 */
export function pciAddress(text: string): string {
  const [, domain, place, part = '.0'] = ADDRESS.exec(text) ?? [];
  if (domain === undefined) return '';
  return `${domain.replace(/^0+/, '').padStart(4, '0')}:${place}${part}`.toLowerCase();
}

const ADDRESS = /^([0-9a-f]{1,8}):([0-9a-f]{2}:[0-9a-f]{2})(\.[0-7])?$/i;

/** A GPU as the PCI bus knows it, whether its driver works or not. */
export interface PciGpuReading {
  /** As in `0000:01:00.0`, in lower case. */
  readonly pciBusId: string;
  readonly vendor: Exclude<GpuVendor, 'jetson' | 'apple'>;
  /** As in `10de:2684`: vendor and device, as `lspci -n` prints them. */
  readonly pciId: string;
  /** Driver that has it, or had it last, as in `nvidia` or `vfio-pci` (for a virtual machine); empty: none. */
  readonly driver: string;
  /** `active`, `suspended` and so on; empty if the kernel does not say. */
  readonly runtimeStatus: string;
  /** False if it is off the bus: it does not answer, or was there and is gone. Undefined if it was not asked. */
  readonly present: boolean | undefined;
  /** Generation of PCI Express and lanes, now and at most; nothing while it is suspended. */
  readonly link: Values<'generation' | 'generationMax' | 'width' | 'widthMax'>;
  /** Errors of the link that the kernel has counted since boot (AER). */
  readonly aerErrors: Values<AerSeverity>;
}

/** What an error of a PCI Express link does: nothing, lose a transaction, or break the link. */
export const AER_SEVERITIES = ['correctable', 'nonfatal', 'fatal'] as const;
export type AerSeverity = (typeof AER_SEVERITIES)[number];

/** Drivers of GPUs that have been given to virtual machines. */
const GIVEN_AWAY: readonly string[] = ['vfio-pci', 'xen-pciback'];

/** Whether a GPU belongs to a virtual machine, so that this one has no more to do with it. */
export function isGivenAway({ driver }: Pick<PciGpuReading, 'driver'>): boolean {
  return GIVEN_AWAY.includes(driver);
}

/** Whether its power is off: it is there, and looking at it would wake it. */
export function isAsleep({ runtimeStatus }: Pick<PciGpuReading, 'runtimeStatus'>): boolean {
  return runtimeStatus.startsWith('suspend');
}
