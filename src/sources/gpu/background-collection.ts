import type { GpuCollection } from '../../domain/gpu-collection.ts';
import type { LastReading } from '../../host/background.ts';

/** What is known of a reading in the background, and when. */
export interface BackgroundFacts {
  /** As in `drm`. */
  readonly backend: string;
  readonly last: Pick<LastReading<unknown>, 'ageSeconds' | 'failures' | 'stuck'>;
  /** Whether there is anything to tell of: on most machines there are no such GPUs. */
  readonly found: boolean;
  /** Unix seconds. */
  readonly nowSeconds: number;
}

/** How reading the kernel's files goes; nothing is said of it while it goes well and finds nothing. */
export function backgroundCollection({ backend, last, found, nowSeconds }: BackgroundFacts): GpuCollection {
  const { ageSeconds, failures, stuck } = last;
  const isWell = ageSeconds !== undefined && !stuck;
  return {
    backend,
    success: found || failures > 0 || stuck ? isWell : undefined,
    durationSeconds: undefined,
    lastSuccessSeconds: ageSeconds === undefined ? undefined : nowSeconds - ageSeconds,
    exitCode: undefined,
    failures: { unreadable: failures },
    stuckProcesses: 0,
    unavailable: NOTHING,
    problem: undefined,
  };
}

const NOTHING: ReadonlyMap<string, number> = new Map();
