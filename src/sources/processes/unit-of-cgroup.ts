import { isUnitName } from '../../domain/unit.ts';

/** Which unit a process belongs to. */
export interface ProcessUnit {
  /** Name of the unit; empty for processes of none. */
  readonly unit: string;
  readonly scope: 'system' | 'user';
  /** Whose manager a unit of scope `user` is in: the user's number, or name where names are known. */
  readonly user?: string;
  /** Full id of the container that the process runs in. */
  readonly container?: string;
}

const SLICE = /\.slice$/;
const USER_MANAGER = /^user@(\d+)\.service$/;

/**
 * Docker, containerd, CRI-O and Podman name a container's cgroup by its id, with or without their own name before
 * and `.scope` behind. Their monitors (`crio-conmon-ID.scope`) are outside of the container.
 */
const CONTAINER = /^(?!.*conmon).*?(?<![0-9a-f])([0-9a-f]{64})(?:\.scope)?$/;

/**
 * The unit that a process is in, from the text of its `/proc/PID/cgroup`.
 *
 * The outermost unit counts: a systemd inside of a container has units too, but its own. Only the unit of a user's
 * manager goes before the `user@UID.service` around it. Source: systemd's CGROUP_DELEGATION.md, cgroups(7).
 */
export function unitOfCgroup(text: string): ProcessUnit {
  const paths = cgroupPaths(text);
  const parts = partsOf(paths.unified !== undefined && paths.unified !== '/' ? paths.unified : paths.named);
  const container = containerOf(parts) ?? containerOf(partsOf(paths.named));
  return { ...unitOfParts(parts), ...(container === undefined ? {} : { container }) };
}

interface CgroupPaths {
  /** In the v2 tree: `/` for all processes where v1 does the work and systemd does not use v2. */
  readonly unified: string | undefined;
  /** In systemd's own v1 tree. */
  readonly named: string | undefined;
}

function cgroupPaths(text: string): CgroupPaths {
  let unified: string | undefined;
  let named: string | undefined;
  for (const line of text.split('\n')) {
    const path = line.slice(line.indexOf(':', line.indexOf(':') + 1) + 1);
    if (line.startsWith('0::')) unified = path;
    else if (/^\d+:name=systemd:/.test(line)) named = path;
  }
  return { unified, named };
}

/** The folders of a path. The kernel marks that of a cgroup which is gone, and climbs out of a namespace by `..`. */
function partsOf(path: string | undefined): readonly string[] {
  if (path === undefined) return [];
  const parts = path.replace(/ \(deleted\)$/, '').split('/');
  return parts.filter((part) => part !== '' && part !== '..');
}

function unitOfParts(parts: readonly string[]): ProcessUnit {
  const at = firstBelowSlices(parts, 0);
  const unit = unitNameOf(parts[at]);
  const uid = USER_MANAGER.exec(unit)?.[1];
  if (uid === undefined) return { unit, scope: 'system' };
  const inner = unitNameOf(parts[firstBelowSlices(parts, at + 1)]);
  return inner === '' ? { unit, scope: 'system' } : { unit: inner, scope: 'user', user: uid };
}

function firstBelowSlices(parts: readonly string[], from: number): number {
  let at = from;
  while (SLICE.test(parts[at] ?? '')) at += 1;
  return at;
}

/** systemd puts a `_` before a name that the kernel could take for a file of its own, or that begins with one. */
function unitNameOf(part: string | undefined): string {
  if (part === undefined) return '';
  const name = part.startsWith('_') ? part.slice(1) : part;
  return isUnitName(name) ? name : '';
}

function containerOf(parts: readonly string[]): string | undefined {
  for (const part of parts) {
    const id = CONTAINER.exec(part)?.[1];
    if (id !== undefined) return id;
  }
  return undefined;
}
