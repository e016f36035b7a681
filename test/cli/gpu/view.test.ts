import { describe, expect, it } from 'vitest';
import type { GpuUser } from '../../../src/app/gpu-users.ts';
import { gpuRows } from '../../../src/cli/gpu/view.ts';
import type { GpuProcess } from '../../../src/domain/gpu.ts';
import { gpuReading } from '../../fakes/gpu-reading.ts';

const process = (pid: number, memoryBytes?: number): GpuProcess => ({
  pid,
  name: 'a',
  type: 'C',
  memoryBytes,
});

const user = (unit: string | undefined, memoryBytes?: number, list: readonly GpuProcess[] = []): GpuUser => ({
  unit,
  user: undefined,
  processes: list.length,
  memoryBytes,
  list,
});

/** The rows of one GPU with these users, less that of the GPU itself. */
function rowsOf(users: readonly GpuUser[] | undefined): readonly string[] {
  const seen = { reading: gpuReading(), state: 'present', driver: '', users, xids: undefined } as const;
  const [first, ...rows] = gpuRows([seen]);
  expect(first).toEqual({ kind: 'gpu', seen });
  return rows.map((row) => {
    if (row.kind === 'unit') return `unit ${row.user.unit}`;
    return row.kind === 'process' ? `process ${row.process.pid}` : row.kind;
  });
}

describe('gpuRows', () => {
  it('have the units with the most memory first, then what is in none, then what nobody knows', () => {
    const none = user('', 9, [process(5)]);
    const users = [user(undefined, 99), none, user('b', 1), user('c', undefined), user('a', 1), user('d', 7)];
    expect(rowsOf(users)).toEqual([
      'unit d',
      'unit a',
      'unit b',
      'unit c',
      'unit ',
      'process 5',
      'unit undefined',
    ]);
  });

  it('list processes of no unit one by one, the largest first, and not those of units', () => {
    const processes = [process(9), process(3), process(4, 10), process(5, 20)];
    expect(rowsOf([user('', 30, processes)]).slice(1)).toEqual([
      'process 5',
      'process 4',
      'process 3',
      'process 9',
    ]);
    expect(rowsOf([user('a', 30, processes)])).toEqual(['unit a']);
  });

  it('are of the GPU alone where the driver does not say who uses it', () => {
    expect(rowsOf(undefined)).toEqual([]);
  });
});
