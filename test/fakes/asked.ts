import { createGate } from '../../src/domain/gate.ts';
import type { ProbeOutcome } from '../../src/domain/probe.ts';
import { readKernelFile } from '../../src/host/files/files.ts';
import type { Ask } from '../../src/sources/probe/asking.ts';
import { askWithin } from '../../src/sources/probe/asking.ts';
import { createPlacesOf } from '../../src/sources/probe/file-places.ts';

/** Longer than any test. */
const NEVER_MS = 600_000;

/** What a question finds out, as a probe tells it. */
export function asked(ask: Ask, limitMs: number = NEVER_MS): Promise<ProbeOutcome> {
  return askWithin(limitMs, new AbortController().signal, ask);
}

/** What probes of files are given in tests. */
export function fileDeps(nowSeconds: () => number = () => Date.now() / 1000) {
  return {
    placesOf: createPlacesOf(createGate(2), () => readKernelFile('/proc/self/mountinfo')),
    nowSeconds,
  };
}
