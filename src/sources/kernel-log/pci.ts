/** A PCI address in a pattern, as in `PCI:0000:01:00` or `0000:01:00.0`; its one group is for `pciBusIdOf`. */
export const PCI_ADDRESS = '(?:PCI:)?([0-9a-f]{4,8}:[0-9a-f]{2}:[0-9a-f]{2}(?:\\.[0-7])?)';

/** The address as in `0000:01:00.0`: lower case, a domain of at least four digits, and a function. */
export function pciBusIdOf(address: string): string {
  const [domain = '', bus = '', place = ''] = address.toLowerCase().split(':');
  const short = domain.replace(/^0+/, '').padStart(4, '0');
  return `${short}:${bus}:${place.includes('.') ? place : `${place}.0`}`;
}
