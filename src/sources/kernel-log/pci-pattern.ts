/** A PCI address in a pattern, as in `PCI:0000:01:00` or `0000:01:00.0`; its one group is for `pciAddress`. */
export const PCI_ADDRESS = '(?:PCI:)?([0-9a-f]{4,8}:[0-9a-f]{2}:[0-9a-f]{2}(?:\\.[0-7])?)';
