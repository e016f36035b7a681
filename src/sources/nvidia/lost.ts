import { pciAddress } from '../../domain/pci.ts';

/** Driver 610 names the GPU by number and address, older ones by address, some without a blank before it. */
const NO_HANDLE = /Unable to determine the device handle for GPU ?(?:\d+: )?([0-9a-f]+:[0-9a-f:.]+?):? /gi;

/** PCI addresses of the GPUs that nvidia-smi has lost, by the lines that it prints instead of a document. */
export function lostByLines(text: string): readonly string[] {
  return [...text.matchAll(NO_HANDLE)].map(([, address = '']) => pciAddress(address)).filter(Boolean);
}
