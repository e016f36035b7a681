import { describe, expect, it } from 'vitest';
import { bootSamples } from '../../../src/collectors/systemd/boot.ts';
import type { BootStageReading } from '../../../src/domain/manager.ts';

function samplesOf(...bootStages: readonly BootStageReading[]): readonly string[] {
  const manager = { version: '', systemState: 'running', jobs: 0, bootStages, watchdog: undefined };
  return bootSamples(manager).map(
    ({ metric, labels, value }) => `${metric.name}{stage="${labels['stage']}"} ${value}`,
  );
}

describe('bootSamples', () => {
  it('gives each stage both its times', () => {
    expect(
      samplesOf(
        { stage: 'Kernel', monotonicSeconds: 0, timeSeconds: 1762251790.5 },
        { stage: 'Finish', monotonicSeconds: 18.25, timeSeconds: 1762251808.75 },
      ),
    ).toEqual([
      'systemd_boot_monotonic_seconds{stage="Kernel"} 0',
      'systemd_boot_time_seconds{stage="Kernel"} 1762251790.5',
      'systemd_boot_monotonic_seconds{stage="Finish"} 18.25',
      'systemd_boot_time_seconds{stage="Finish"} 1762251808.75',
    ]);
  });

  it('leaves out a time that is not known, and has nothing to say of no stages', () => {
    expect(samplesOf({ stage: 'Firmware', monotonicSeconds: 17.7, timeSeconds: undefined })).toEqual([
      'systemd_boot_monotonic_seconds{stage="Firmware"} 17.7',
    ]);
    expect(samplesOf({ stage: 'Finish', monotonicSeconds: undefined, timeSeconds: 1762251808 })).toEqual([
      'systemd_boot_time_seconds{stage="Finish"} 1762251808',
    ]);
    expect(samplesOf()).toEqual([]);
  });
});
