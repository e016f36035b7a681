/**
 * A PCI address as the kernel writes it (`0000:01:00.0`), of one that nvidia-smi prints (`00000000:01:00.0`).
 *
 * Empty if it is none.
 */
export function pciAddress(text: string): string {
  const [, domain, rest] = /^([0-9a-f]{1,8}):([0-9a-f]{2}:[0-9a-f]{2}\.[0-7])$/i.exec(text) ?? [];
  if (domain === undefined) return '';
  return `${domain.replace(/^0+/, '').padStart(4, '0')}:${rest}`.toLowerCase();
}
