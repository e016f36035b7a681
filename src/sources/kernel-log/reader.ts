import type { KernelLogSource } from '../../domain/kernel-log.ts';
import type { KernelRecord } from './record.ts';

/** A record with its time. */
export interface TimedRecord extends KernelRecord {
  /** Unix time. */
  readonly seconds: number;
  /** Whether it was there already when reading began. */
  readonly replayed: boolean;
}

/** Follows the kernel's log, wherever it comes from. */
export interface LogReader {
  readonly source: KernelLogSource;
  state(): ReaderState;
  /** Resolves when nothing of it is left. */
  stop(): Promise<void>;
}

/** How a reader is doing; as in KernelLogReading. */
export interface ReaderState {
  readonly up: boolean;
  /** Whether it has ever come to the end of the log, which was not empty: before that counts are too low. */
  readonly hasRead: boolean;
  readonly lagSeconds: number | undefined;
  readonly gaps: number;
}
