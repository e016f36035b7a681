import type { GpuUser } from '../../app/gpu-users.ts';
import type { SeenGpu } from '../../app/seen-gpus.ts';
import type { GpuProcess, MigReading } from '../../domain/gpu.ts';

/** One line of the table: a GPU, and below it its instances, the units that use it, and processes of no unit. */
export type GpuRow =
  | { readonly kind: 'gpu'; readonly seen: SeenGpu }
  | { readonly kind: 'mig'; readonly mig: MigReading }
  | { readonly kind: 'unit'; readonly user: GpuUser }
  | { readonly kind: 'process'; readonly process: GpuProcess };

/** The lines of the table, the units with the most memory first; processes of units are not listed one by one. */
export function gpuRows(gpus: readonly SeenGpu[]): readonly GpuRow[] {
  return gpus.flatMap((seen): readonly GpuRow[] => [
    { kind: 'gpu', seen },
    ...seen.reading.mig.map((mig): GpuRow => ({ kind: 'mig', mig })),
    ...[...(seen.users ?? [])].sort(byWeight).flatMap(userRows),
  ]);
}

function userRows(user: GpuUser): readonly GpuRow[] {
  const list = user.unit
    ? []
    : [...user.list].sort((one, other) => heavier(one, other) || one.pid - other.pid);
  return [{ kind: 'unit', user }, ...list.map((process): GpuRow => ({ kind: 'process', process }))];
}

function byWeight(one: GpuUser, other: GpuUser): number {
  return rank(one) - rank(other) || heavier(one, other) || compare(one.unit ?? '', other.unit ?? '');
}

/** Units, then processes of none, then those of which nothing is known. */
function rank({ unit }: GpuUser): number {
  if (unit === undefined) return 2;
  return unit === '' ? 1 : 0;
}

type Weighed = Pick<GpuUser, 'memoryBytes'>;

/** Whose memory is not known comes last. */
function heavier(one: Weighed, other: Weighed): number {
  return (other.memoryBytes ?? -1) - (one.memoryBytes ?? -1);
}

function compare(one: string, other: string): number {
  if (one === other) return 0;
  return one < other ? -1 : 1;
}
