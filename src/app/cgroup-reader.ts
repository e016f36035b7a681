import type { CgroupFamily } from '../domain/cgroup.ts';
import { systemClock, yieldTurn } from '../host/clock.ts';
import { KeptFiles, keptFilesLimit } from '../host/files/kept-files.ts';
import { createCgroupReader, layoutOf } from '../sources/cgroup/source.ts';

/** Files of cgroups that are kept open: some ten for each of a thousand units and more. */
const KEPT_FILES = 20_000;

const CGROUP_ROOT = '/sys/fs/cgroup';

/** A reader of this machine's cgroups, and a way to close the files that it keeps open. */
export function openCgroups(families: readonly CgroupFamily[]) {
  const files = new KeptFiles(keptFilesLimit(KEPT_FILES));
  const read = createCgroupReader({
    root: CGROUP_ROOT,
    layout: layoutOf(CGROUP_ROOT),
    families,
    files,
    elapsedMs: systemClock.elapsedMs,
    yieldTurn,
  });
  return { read, close: () => files.close() };
}
