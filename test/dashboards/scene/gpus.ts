import { nvidiaCapture } from '../../fakes/nvidia-smi-documents.ts';

/** Machines whose GPUs are put into one: a desktop card with processes, a card with ECC, a divided one. */
const CAPTURES = ['rtx-4090-driver-595', 'a100-driver-525', 'h100-mig-driver-590'] as const;

/** The process of the first capture that computes; its place is taken by one that runs here. */
const COMPUTES = '<pid>9021</pid>';

/** What nvidia-smi prints on a machine with the GPUs of several captures, of which the first is used by a process. */
export function gpuDocument(pid: string): string {
  const documents = CAPTURES.map(nvidiaCapture);
  const [first = ''] = documents;
  const gpus = documents.map((text, index) =>
    renumbered(gpuOf(text), index).replace(COMPUTES, `<pid>${pid}</pid>`),
  );
  const head = first.slice(0, first.indexOf('\t<gpu id='));
  const tail = first.slice(first.lastIndexOf('</gpu>\n') + '</gpu>\n'.length);
  return `${head.replace(/<attached_gpus>\d+/, `<attached_gpus>${gpus.length}`)}${gpus.join('')}${tail}`;
}

/** The addresses on the PCI bus of the GPUs of a document, as the kernel writes them. */
export function gpuAddresses(document: string): readonly string[] {
  return [...document.matchAll(/<gpu id="0*([0-9A-F]{4}:[0-9A-F:.]+)">/g)].map(([, address = '']) =>
    address.toLowerCase(),
  );
}

/** Files of sysfs, beneath it, of a GPU of NVIDIA on the PCI bus. */
export function pciFiles(address: string): Readonly<Record<string, string>> {
  const files = {
    vendor: '0x10de\n',
    class: '0x030000\n',
    aer_dev_correctable: 'TOTAL_ERR_COR 3\n',
    aer_dev_nonfatal: 'TOTAL_ERR_NONFATAL 0\n',
    aer_dev_fatal: 'TOTAL_ERR_FATAL 0\n',
  };
  return Object.fromEntries(
    Object.entries(files).map(([name, text]) => [`bus/pci/devices/${address}/${name}`, text]),
  );
}

function gpuOf(text: string): string {
  return text.slice(text.indexOf('\t<gpu id='), text.lastIndexOf('</gpu>\n') + '</gpu>\n'.length);
}

/** With an address and a number of its own. */
function renumbered(gpu: string, index: number): string {
  const bus = (0x41 + index).toString(16).toUpperCase();
  return gpu
    .replaceAll(/[0-9A-F]{8}:[0-9A-F]{2}:00\.0/g, `00000000:${bus}:00.0`)
    .replace(/<minor_number>\d+/, `<minor_number>${index}`);
}
