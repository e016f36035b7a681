import { createGate } from '../../domain/gate.ts';
import type { Places } from '../../host/slow/slow-files.ts';
import { isRemote, type Mount, parseEveryMount } from '../machine/mounts.ts';

/** The places for questions about a path. */
export type PlacesOf = (path: string) => Places;

/**
 * Gives the places for questions about files, by what is mounted there.
 *
 * About file systems of other machines one question is asked at a time, so that a server that is gone leaves a place
 * to questions about local ones. `readMounts` gives the text of `mountinfo`, which never waits for a server. A path
 * that leads to such a file system over a link is taken for a local one.
 */
export function createPlacesOf(places: Places, readMounts: () => string | undefined): PlacesOf {
  const oneAtATime = createGate(1);
  const remotePlaces: Places = (work, signal) => oneAtATime(() => places(work, signal), signal);
  let known: { readonly text: string; readonly mounts: readonly Mount[] } = { text: '', mounts: [] };

  function mountsNow(): readonly Mount[] {
    const text = readMounts() ?? '';
    if (text !== known.text) known = { text, mounts: parseEveryMount(text) };
    return known.mounts;
  }

  return (path) => (isOnRemote(path, mountsNow()) ? remotePlaces : places);
}

/** Whether a path is on a file system that another machine, or a program, has to answer for. */
function isOnRemote(path: string, mounts: readonly Mount[]): boolean {
  const over = mounts.filter(({ mountpoint }) => isAtOrBelow(path, mountpoint));
  const longest = Math.max(...over.map(({ mountpoint }) => mountpoint.length));
  // Of those in one place, the last one lies over the others.
  const fstype = over.findLast(({ mountpoint }) => mountpoint.length === longest)?.fstype ?? '';
  return fstype === 'autofs' || isRemote(fstype);
}

function isAtOrBelow(path: string, folder: string): boolean {
  return path === folder || path.startsWith(folder.endsWith('/') ? folder : `${folder}/`);
}
