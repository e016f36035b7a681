import { systemClock } from '../host/clock.ts';
import { readKernelFile } from '../host/files.ts';
import { createGate } from '../host/gate.ts';
import { createResolver } from '../host/net/resolver.ts';
import { createSecretReader } from '../host/secret-file.ts';
import { COMMANDS_AT_ONCE } from '../sources/probe/command.ts';
import type { ProbeDeps } from '../sources/probe/deps.ts';
import { createPlacesOf } from '../sources/probe/file-places.ts';

/**
 * Threads of Node's pool, of four, that files of probes which hang may keep.
 *
 * Of file systems of other machines one is asked at a time (`createPlacesOf`), so that a server that is gone leaves
 * the other place to local files, and to those of secrets.
 */
const FILE_PLACES = 2;

/** What probes are given on this machine. */
export function createProbeDeps(procfs: string): ProbeDeps {
  const places = createGate(FILE_PLACES);
  return {
    resolve: createResolver(),
    elapsedMs: systemClock.elapsedMs,
    readSecret: createSecretReader(places),
    places,
    placesOf: createPlacesOf(places, () => readKernelFile(`${procfs}/self/mountinfo`)),
    commandPlaces: createGate(COMMANDS_AT_ONCE),
    ownUid: process.getuid?.(),
    nowSeconds: () => Date.now() / 1000,
    procfs,
  };
}
