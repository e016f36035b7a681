import type { UnitReading } from '../../src/domain/reading.ts';

/** A running service; what matters to a test is given. */
export function unitReading(given: Partial<UnitReading> = {}): UnitReading {
  return {
    name: 'nginx.service',
    type: 'service',
    activeState: 'active',
    subState: 'running',
    activeEnterSeconds: 1_767_225_600.5,
    activeExitSeconds: 0,
    inactiveEnterSeconds: 0,
    inactiveExitSeconds: 1_767_225_600.25,
    service: { type: 'notify', restarts: 0 },
    mountType: undefined,
    controlGroup: '/system.slice/nginx.service',
    ...given,
  };
}
