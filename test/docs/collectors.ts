import { createCgroupCollector } from '../../src/collectors/cgroup.ts';
import type { Collector } from '../../src/collectors/collector.ts';
import { createCommonUnitCollector } from '../../src/collectors/common-unit.ts';
import { createDaemonCollector } from '../../src/collectors/daemon.ts';
import { createGpuCollector } from '../../src/collectors/gpu/gpu.ts';
import { createGpuPresenceCollector } from '../../src/collectors/gpu/presence.ts';
import { createGpuProcessesCollector, createGpuUnitsCollector } from '../../src/collectors/gpu-units.ts';
import { createHwmonCollector } from '../../src/collectors/hwmon.ts';
import { createIpCollector } from '../../src/collectors/ip.ts';
import { createJetsonCollector } from '../../src/collectors/jetson.ts';
import { createJournalCollector } from '../../src/collectors/journal.ts';
import { createKernelLogCollector } from '../../src/collectors/kernel-log.ts';
import { createLaunchdCollector } from '../../src/collectors/launchd.ts';
import { createMachineCollector } from '../../src/collectors/machine.ts';
import { createProbeCollector } from '../../src/collectors/probe.ts';
import { createRemediatorCollector } from '../../src/collectors/remediator.ts';
import { createResolvedCollector } from '../../src/collectors/resolved.ts';
import { createSlowReadsCollector } from '../../src/collectors/slow-reads.ts';
import { createSystemdCollector } from '../../src/collectors/systemd.ts';
import { createThermalCollector } from '../../src/collectors/thermal.ts';

/** Every collector there is, in the order of the page, with readers that are never asked: for their metrics. */
export function allCollectors(): readonly Collector[] {
  return [
    createSystemdCollector(unread, unread, { unitState: 'full', oldTypes: false }),
    createIpCollector(unread, false),
    createCgroupCollector(unread),
    createCommonUnitCollector(unread),
    createThermalCollector(unread),
    createHwmonCollector(unread),
    createMachineCollector(unread),
    createGpuCollector(unread),
    createGpuPresenceCollector(unread),
    createGpuUnitsCollector(unread),
    createGpuProcessesCollector(unread),
    createJetsonCollector(unread),
    createKernelLogCollector(unread),
    createJournalCollector(unread),
    createLaunchdCollector(unread),
    createDaemonCollector(unread),
    createResolvedCollector(unread),
    createSlowReadsCollector({ hung: unread, leftOut: unread }),
    createProbeCollector(unread),
    createRemediatorCollector(unread),
  ];
}

function unread(): never {
  throw new Error('the documentation reads no values');
}
