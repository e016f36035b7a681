import { foldersAbove, type Mount, type MountLine, PSEUDO, parseMountLine } from './mounts.ts';

/** So many take some 5 ms. Machines of containers have thousands. */
const LINES_PER_TURN = 400;

/**
 * The mounts of a `mountinfo` that hold files and can be seen, each file system once a folder of it.
 *
 * Left out are pseudo file systems, layers of containers, mounts that others lie over, and parts of a file system
 * that is there anyway (bind mounts); subvolumes of btrfs stay. Others get their turn in between. Format:
 * proc_pid_mountinfo(5).
 */
export async function parseMounts(text: string, yieldTurn: () => Promise<void>): Promise<readonly Mount[]> {
  const lines: MountLine[] = [];
  await inTurns(text.split('\n'), yieldTurn, (line) => lines.push(...parseMountLine(line)));
  const isHidden = await createIsHidden(lines, yieldTurn);
  const seen: MountLine[] = [];
  const whole = new Set<string>();
  await inTurns(lines, yieldTurn, (line, index) => {
    if (isHidden(line, index) || !holdsFiles(line)) return;
    seen.push(line);
    if (line.root === '/') whole.add(line.number);
  });
  const mounts: Mount[] = [];
  const taken = new Set<string>();
  await inTurns(seen, yieldTurn, ({ parent, number, root, ...mount }) => {
    const place = `${number}${root}`;
    const isPart = root !== '/' && mount.fstype !== 'btrfs' && whole.has(number);
    if (!isPart && !taken.has(place)) mounts.push(mount);
    if (!isPart) taken.add(place);
  });
  return mounts;
}

/** Does something with each, with turns of others in between. */
export async function inTurns<T>(
  all: readonly T[],
  yieldTurn: () => Promise<void>,
  work: (one: T, index: number) => void,
): Promise<void> {
  for (const [index, one] of all.entries()) {
    if (index % LINES_PER_TURN === LINES_PER_TURN - 1) await yieldTurn();
    work(one, index);
  }
}

function holdsFiles({ fstype, mountpoint }: MountLine): boolean {
  return !PSEUDO.has(fstype) && (fstype !== 'overlay' || mountpoint === '/');
}

/** Whether another one has been mounted since over a mount, or over a folder above it on the same parent. */
async function createIsHidden(
  lines: readonly MountLine[],
  yieldTurn: () => Promise<void>,
): Promise<(line: MountLine, index: number) => boolean> {
  const last = new Map<string, MountLine>();
  /** Places of the last ones by their parents and mountpoints: to compare all with all would take minutes. */
  const places = new Map<string, Map<string, number>>();
  await inTurns(lines, yieldTurn, (line, place) => {
    last.set(line.mountpoint, line);
    const onParent = places.get(line.parent) ?? new Map<string, number>();
    places.set(line.parent, onParent.set(line.mountpoint, place));
  });
  return (line, index) => {
    if (last.get(line.mountpoint) !== line) return true;
    const onParent = places.get(line.parent);
    return foldersAbove(line.mountpoint).some((folder) => (onParent?.get(folder) ?? -1) > index);
  };
}
