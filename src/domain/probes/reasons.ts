import type { ProbeFailureReason, ProbeType } from '../probe.ts';

const EVERY: readonly ProbeFailureReason[] = ['timeout', 'internal'];

const CONNECTION: readonly ProbeFailureReason[] = [
  'address',
  'refused',
  'connection',
  'tls',
  'certificate',
  'too_large',
  'content',
  'unreadable',
];

const FILES: readonly ProbeFailureReason[] = ['missing', 'unreadable', 'stale'];

/** Why a probe of each type can fail: their counters are there from the start, so that the first failure is seen. */
export const REASONS_OF_TYPE: Readonly<Record<ProbeType, readonly ProbeFailureReason[]>> = {
  http: [...EVERY, ...CONNECTION, 'protocol', 'redirect', 'status', 'authentication'],
  tcp: [...EVERY, ...CONNECTION],
  redis: [...EVERY, ...CONNECTION, 'protocol', 'authentication', 'loading', 'misconfigured'],
  dns: [...EVERY, 'address', 'refused', 'protocol', 'status', 'content'],
  file: [...EVERY, ...FILES, 'size', 'count'],
  directory: [...EVERY, ...FILES, 'size', 'count', 'space', 'too_large'],
  pidfile: [...EVERY, ...FILES, 'content', 'dead', 'reused'],
  command: [...EVERY, 'start', 'status', 'too_large', 'unreadable'],
};
