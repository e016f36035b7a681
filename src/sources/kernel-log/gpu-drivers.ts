import type { GpuDriver, GpuDriverEvent, GpuTrouble } from '../../domain/kernel-log.ts';
import { pciAddress } from '../../domain/pci.ts';
import { PCI_ADDRESS } from './pci-pattern.ts';

/** `amdgpu 0000:03:00.0: amdgpu: ...`, `i915 0000:00:02.0: [drm] *ERROR* ...`. */
const OF_DEVICE = new RegExp(
  `^(amdgpu|i915|xe) ${PCI_ADDRESS}: (?:amdgpu: )?(?:\\[drm(?::[^\\]]{1,80}(?: \\[\\w+\\])?)?\\] )?(?:\\*ERROR\\* )?(.*)`,
  's',
);

/** `[drm:amdgpu_job_timedout [amdgpu]] *ERROR* ...`, which names no device. */
const OF_DRIVER = /^\[drm(?::\w{1,80} \[(amdgpu|i915|xe)\])?\] (?:\*ERROR\* )?(.*)/s;

interface Row {
  readonly driver: GpuDriver;
  readonly trouble: GpuTrouble;
  readonly pattern: RegExp;
}

/** The beginnings of sentences, each of one driver: i915 has been known to leave its name out. */
const ROWS: readonly Row[] = [
  { driver: 'amdgpu', trouble: 'timeout', pattern: /^ring \S{1,40} timeout\b/ },
  { driver: 'amdgpu', trouble: 'reset', pattern: /^GPU reset begin/ },
  {
    driver: 'amdgpu',
    trouble: 'reset_failed',
    pattern: /^GPU (?:reset\(\d+\) failed|reset end with ret = -|Recovery Failed)/,
  },
  { driver: 'amdgpu', trouble: 'lost', pattern: /^device lost from bus/ },
  { driver: 'amdgpu', trouble: 'wedged', pattern: /^device wedged, (?!but recovered)/ },
  { driver: 'i915', trouble: 'hang', pattern: /^GPU HANG: ecode / },
  { driver: 'i915', trouble: 'reset', pattern: /^Resetting \S{1,40} for / },
  { driver: 'i915', trouble: 'reset_failed', pattern: /^Failed to reset (?:chip|GPU)/ },
  { driver: 'xe', trouble: 'timeout', pattern: /^(?:Tile\d+: )?GT\d+: Timedout job/ },
  { driver: 'xe', trouble: 'reset', pattern: /^(?:Tile\d+: )?GT\d+: reset started/ },
  { driver: 'xe', trouble: 'reset_failed', pattern: /^(?:Tile\d+: )?GT\d+: reset failed/ },
  { driver: 'xe', trouble: 'wedged', pattern: /^CRITICAL: Xe has declared device \S{1,20} as wedged/ },
];

/** The trouble that a record of AMD's or Intel's driver tells of; undefined if it tells of none. */
export function parseGpuDriver(text: string): GpuDriverEvent | undefined {
  const [, driver, address, sentence] = OF_DEVICE.exec(text) ?? [];
  if (sentence !== undefined && address !== undefined) return eventOf(driver, pciAddress(address), sentence);
  const [, named, alone] = OF_DRIVER.exec(text) ?? [];
  return alone === undefined ? undefined : eventOf(named, '', alone);
}

function eventOf(driver: string | undefined, pciBusId: string, sentence: string): GpuDriverEvent | undefined {
  const row = ROWS.find((one) => one.driver === (driver ?? 'i915') && one.pattern.test(sentence));
  return row && { kind: 'gpu-driver', driver: row.driver, pciBusId, trouble: row.trouble };
}
