import type { ServiceReading, UnitReading } from '../../src/domain/reading.ts';

/** What only services have, of one that has never ended. */
export function serviceReading(given: Partial<ServiceReading> = {}): ServiceReading {
  return {
    type: 'notify',
    restarts: 0,
    exitStatus: undefined,
    exitSignal: undefined,
    ...given,
  };
}

/** A running service; what matters to a test is given. */
export function unitReading(given: Partial<UnitReading> = {}): UnitReading {
  return {
    name: 'nginx.service',
    type: 'service',
    loadState: 'loaded',
    activeState: 'active',
    subState: 'running',
    activeEnterSeconds: 1_767_225_600.5,
    activeExitSeconds: 0,
    inactiveEnterSeconds: 0,
    inactiveExitSeconds: 1_767_225_600.25,
    service: serviceReading(),
    mountType: undefined,
    timer: undefined,
    socket: undefined,
    result: 'success',
    controlGroup: '/system.slice/nginx.service',
    file: { state: 'enabled', needsReload: false },
    ...given,
  };
}
