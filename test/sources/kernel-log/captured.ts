import { readFileSync } from 'node:fs';
import type { KernelEvent } from '../../../src/domain/kernel-log.ts';
import { createEventReader } from '../../../src/sources/kernel-log/events.ts';
import { type KernelRecord, parseKmsgRecord } from '../../../src/sources/kernel-log/record.ts';

/** The captures of kernel logs, all synthetic. */
export const CAPTURES = ['nvidia', 'memory', 'storage', 'gpus-and-heat'] as const;

/** What one read(2) of /dev/kmsg gives, for each record of a capture. */
export function rawRecords(name: (typeof CAPTURES)[number]): readonly string[] {
  const path = new URL(`../../captures/kernel-log/${name}.kmsg`, import.meta.url);
  return readFileSync(path, 'latin1').split(/\n(?=\d)/);
}

/** The records of a capture. */
export function capturedRecords(name: (typeof CAPTURES)[number]): readonly KernelRecord[] {
  return rawRecords(name).flatMap((raw) => parseKmsgRecord(raw) ?? []);
}

/** What records tell, one after the other. */
export function eventsOf(records: readonly KernelRecord[]): readonly KernelEvent[] {
  const readEvent = createEventReader();
  return records.flatMap((record) => readEvent(record) ?? []);
}

/** A record of the kernel itself. */
export function kernelSays(text: string, more: Partial<KernelRecord> = {}): KernelRecord {
  return { facility: 0, continues: false, caller: '', text, ...more };
}
