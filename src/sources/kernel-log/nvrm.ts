import type {
  GpuDriverEvent,
  GpuIdentifiedEvent,
  GpuLostEvent,
  SxidEvent,
  XidEvent,
} from '../../domain/kernel-log.ts';
import { pciAddress } from '../../domain/pci.ts';
import { cleanText } from './clean.ts';
import { PCI_ADDRESS } from './pci-pattern.ts';

type NvrmEvent = XidEvent | GpuLostEvent | GpuIdentifiedEvent | GpuDriverEvent | SxidEvent;

const XID = new RegExp(
  `^NVRM: Xid \\(${PCI_ADDRESS}(?: GPU-I:([0-9a-f]{1,4}))?\\): (\\d{1,4})(?!\\d),? ?(.*)`,
  'is',
);

/** `pid='<unknown>'` where the driver does not know; a name may hold commas. */
const PROCESS = /^pid='?(\d{1,10}|<unknown>)'?(?:, name='?(.{0,64}?)'?)?, /s;

const RECOVERY = /GPU recovery action changed from 0x[0-9a-f]+ \([^)]*\) to 0x([0-9a-f]{1,8})(?![0-9a-f])/i;

/** What drivers know of: None, GPU Reset, Node Reboot, Drain P2P, Drain and Reset. */
const LAST_RECOVERY_ACTION = 4;

/** In one sentence, with and without "at" and "PCI:". */
const LOST = new RegExp(
  `^NVRM: (?:The NVIDIA )?GPU (?:at )?${PCI_ADDRESS}:? (?:GPU )?has fallen off the bus`,
  'i',
);

/** In three lines, which are one record with line breaks, or three records put together. */
const LOST_IN_LINES = new RegExp(
  `^NVRM: The NVIDIA GPU ${PCI_ADDRESS}\\s+(?:NVRM: *)?\\(PCI ID: [0-9a-f:]{9}\\) installed in this system has` +
    '\\s+(?:NVRM: *)?fallen off the bus',
  'i',
);

const IDENTIFIED = new RegExp(
  `^NVRM: GPU at ${PCI_ADDRESS}: (GPU-[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})(?![0-9a-f-])`,
  'i',
);

const INIT_FAILED = new RegExp(
  `^NVRM: GPU (?:at )?${PCI_ADDRESS}: (?:RmInitAdapter|rm_init_adapter) failed`,
  'i',
);

/** Lines that give data to an SXid have its number too, but neither of the two words. */
const SXID = new RegExp(
  `^nvidia-nvswitch\\d{1,3}: SXid \\(${PCI_ADDRESS}\\): (\\d{1,6}), (Fatal|Non-fatal)\\b`,
  'i',
);

/** What a record of NVIDIA's drivers says; undefined if nothing of it matters, or it is another's. */
export function parseNvrm(text: string): NvrmEvent | undefined {
  if (text.startsWith('nvidia-nvswitch')) return sxidOf(text);
  if (!text.startsWith('NVRM: ')) return undefined;
  return xidOf(text) ?? lossOf(text) ?? identityOf(text) ?? initFailureOf(text);
}

function xidOf(text: string): XidEvent | undefined {
  const [, address, gpuInstance, xid, rest = ''] = XID.exec(text) ?? [];
  if (address === undefined) return undefined;
  const [, pid, name = ''] = PROCESS.exec(rest) ?? [];
  return {
    kind: 'xid',
    pciBusId: pciAddress(address),
    xid: Number(xid),
    pid: pid === undefined || pid === '<unknown>' ? undefined : Number(pid),
    processName: name === '<unknown>' ? '' : cleanText(name),
    gpuInstance,
    recoveryAction: Number(xid) === 154 ? recoveryActionOf(rest) : undefined,
  };
}

function recoveryActionOf(text: string): number | undefined {
  const action = Number.parseInt(RECOVERY.exec(text)?.[1] ?? '', 16);
  return action <= LAST_RECOVERY_ACTION ? action : undefined;
}

function lossOf(text: string): GpuLostEvent | undefined {
  const address = (LOST.exec(text) ?? LOST_IN_LINES.exec(text))?.[1];
  return address === undefined ? undefined : { kind: 'gpu-lost', pciBusId: pciAddress(address) };
}

function identityOf(text: string): GpuIdentifiedEvent | undefined {
  const [, address, uuid] = IDENTIFIED.exec(text) ?? [];
  if (address === undefined || uuid === undefined) return undefined;
  return { kind: 'gpu-identified', pciBusId: pciAddress(address), uuid };
}

function initFailureOf(text: string): GpuDriverEvent | undefined {
  const address = INIT_FAILED.exec(text)?.[1];
  if (address === undefined) return undefined;
  return { kind: 'gpu-driver', driver: 'nvidia', pciBusId: pciAddress(address), trouble: 'init_failed' };
}

function sxidOf(text: string): SxidEvent | undefined {
  const [, address, sxid, severity] = SXID.exec(text) ?? [];
  if (address === undefined) return undefined;
  const fatal = severity?.toLowerCase() === 'fatal';
  return {
    kind: 'sxid',
    pciBusId: pciAddress(address),
    sxid: Number(sxid),
    severity: fatal ? 'fatal' : 'non_fatal',
  };
}
