import { createGate } from '../domain/gate.ts';
import { systemClock } from '../host/clock.ts';
import { readKernelFile } from '../host/files/files.ts';
import { createSecretReader } from '../host/files/secret-file.ts';
import { createResolver } from '../host/net/names.ts';
import { createTlsContexts } from '../host/net/tls-contexts.ts';
import { createCommandRuns } from '../host/programs/command-runs.ts';
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

/** Mounts are looked at no more often: many probes ask for a file at once. */
const MOUNTS_FRESH_MS = 1000;

/** What probes are given on this machine; made once, since all that is limited is limited over all of them. */
export function createProbeDeps(procfs: string): ProbeDeps {
  const { elapsedMs } = systemClock;
  const places = createGate(FILE_PLACES);
  const readMounts = readRarely(() => readKernelFile(`${procfs}/self/mountinfo`), MOUNTS_FRESH_MS, elapsedMs);
  const placesOf = createPlacesOf(places, readMounts);
  return {
    resolve: createResolver(),
    elapsedMs,
    readSecret: createSecretReader(placesOf),
    tlsContexts: createTlsContexts(),
    placesOf,
    commandPlaces: createGate(COMMANDS_AT_ONCE),
    commandRuns: createCommandRuns(),
    ownUid: process.getuid?.(),
    nowSeconds: () => Date.now() / 1000,
    procfs,
  };
}

function readRarely<T>(read: () => T, freshMs: number, elapsedMs: () => number): () => T {
  let last: { readonly value: T; readonly ms: number } | undefined;
  return () => {
    const ms = elapsedMs();
    if (last === undefined || ms - last.ms >= freshMs) last = { value: read(), ms };
    return last.value;
  };
}
