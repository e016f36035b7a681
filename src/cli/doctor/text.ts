import type { MachineDescription } from '../../app/doctor/machine.ts';
import type { Examination } from '../../app/doctor.ts';
import type { Finding, VerdictState } from '../../domain/finding.ts';
import type { FileSystemInventory, GpuInventory } from '../../domain/inventory.ts';
import { plainText } from '../plain-text.ts';
import { formatBytes } from '../table/human.ts';

/** An examination as lines for people. */
export function examinationLines({ machine, findings }: Examination, colours: boolean): readonly string[] {
  const width = Math.max(...findings.map(({ check }) => check.length));
  return [
    ...machineLines(machine),
    '',
    ...findings.flatMap((finding) => findingLines(finding, width, colours)),
    '',
    summary(findings),
  ];
}

/** What is not known has no line. */
function machineLines(machine: MachineDescription): readonly string[] {
  const rows = machineRows(machine).filter(([, text]) => text !== '');
  const width = Math.max(...rows.map(([name]) => name.length));
  return rows.map(([name, text]) => plainText(`${name.padEnd(width)}  ${text}`));
}

function machineRows(machine: MachineDescription): readonly (readonly [string, string])[] {
  const { system, hardware, virtualisation, init, cgroups, memory, fileSystems, gpus } = machine;
  const { availableBytes, totalBytes, swapFreeBytes, swapTotalBytes } = memory;
  const kernel = system.kernel === '' ? '' : `kernel ${system.kernel}`;
  return [
    ['system', listed(`${system.name} ${system.version}`.trim(), kernel, system.architecture)],
    ['hardware', hardware],
    ['runs in', virtualisation],
    ['init', init],
    ['cgroups', cgroups],
    ['processor', processorText(machine)],
    ['memory', sizeText(totalBytes, availableBytes, 'available')],
    ['swap', swapTotalBytes === 0 ? 'none' : sizeText(swapTotalBytes, swapFreeBytes, 'free')],
    ...fileSystems.map((one) => ['mounted', fileSystemText(one)] as const),
    ...(gpus.length === 0 ? [['gpus', 'none'] as const] : gpus.map((gpu) => ['gpu', gpuText(gpu)] as const)),
  ];
}

function processorText({ processor: { model, sockets, cores, threads } }: MachineDescription): string {
  return listed(model, counted(sockets, 'socket'), counted(cores, 'core'), counted(threads, 'thread'));
}

function fileSystemText({
  mountpoint,
  fstype,
  readOnly,
  sizeBytes,
  availableBytes,
}: FileSystemInventory): string {
  const size = sizeBytes === undefined ? 'does not answer' : sizeText(sizeBytes, availableBytes, 'available');
  return listed(mountpoint, fstype, size, readOnly ? 'read-only' : '');
}

function gpuText({ vendor, name, driver, pciBusId, note }: GpuInventory): string {
  return listed(name || vendor, driver === '' ? '' : `driver ${driver}`, pciBusId, note);
}

function sizeText(total: number | undefined, rest: number | undefined, word: string): string {
  if (total === undefined) return '';
  return listed(formatBytes(total), rest === undefined ? '' : `${formatBytes(rest)} ${word}`);
}

function counted(count: number | undefined, what: string): string {
  return count === undefined ? '' : `${count} ${what}${count === 1 ? '' : 's'}`;
}

/** What there is of it, with commas. */
function listed(...parts: readonly string[]): string {
  return parts.filter((part) => part !== '').join(', ');
}

const RESET = '\u001b[0m';
const ESCAPES: Readonly<Record<VerdictState, string>> = { ok: '', warn: '\u001b[33m', fail: '\u001b[31m' };

/** `warn  clock  what was found`, and below it what to do. */
function findingLines(
  { check, state, told, mend }: Finding,
  width: number,
  colours: boolean,
): readonly string[] {
  const word = state.padEnd(4);
  const painted = colours && ESCAPES[state] !== '' ? `${ESCAPES[state]}${word}${RESET}` : word;
  const first = `${painted}  ${check.padEnd(width)}  ${plainText(told)}`;
  return mend === undefined ? [first] : [first, `${' '.repeat(width + 8)}${plainText(mend)}`];
}

function summary(findings: readonly Finding[]): string {
  const count = (state: VerdictState) => findings.filter((finding) => finding.state === state).length;
  const warnings = count('warn');
  const failures = count('fail');
  return `${count('ok')} ok, ${counted(warnings, 'warning')}, ${counted(failures, 'failure')}`;
}
