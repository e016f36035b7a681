import type { Dashboard } from '@grafana/grafana-foundation-sdk/dashboard';
import { alertsAnnotation, repairsAnnotation } from '../annotations.ts';
import { fettleDashboard } from '../dashboard.ts';
import { labelVariable } from '../variables.ts';
import { everyGpu } from './each.ts';
import * as health from './health.ts';
import * as heat from './heat.ts';
import * as jetson from './jetson.ts';
import * as limits from './limits.ts';
import * as load from './load.ts';
import * as now from './now.ts';
import * as reading from './reading.ts';

/** "fettle / GPU and thermal": are all GPUs there, well and cool, and who uses them? */
export function gpuDashboard(): Dashboard {
  return fettleDashboard({
    uid: 'fettle-gpu',
    title: 'GPU and thermal',
    description:
      'GPUs of all makers and the heat of their machines: are all there and well, what are they doing and for whom, what holds them back, and how far are they from their own limits?',
    tags: ['gpu', 'thermal'],
    variables: [labelVariable('gpu', 'GPU', 'gpu_info{job=~"$job",instance=~"$instance"}')],
    annotations: [repairsAnnotation(), alertsAnnotation()],
    rows: [
      {
        title: 'Now',
        panels: [
          now.gpus(),
          now.gone(),
          now.askForHelp(),
          now.closeToLimit(),
          now.slowedDown(),
          now.memoryNow(),
          now.powerNow(),
          now.notRead(),
          everyGpu(),
        ],
      },
      {
        title: 'What the GPUs do, and for whom',
        panels: [
          load.busy(),
          load.memory(),
          load.memoryOfUnits(),
          load.users(),
          load.engines(),
          load.processes(),
        ],
      },
      {
        title: 'Heat, power and what holds GPUs back',
        panels: [
          limits.throttling(),
          limits.temperatures(),
          limits.left(),
          limits.power(),
          limits.clocks(),
          limits.throttledTime(),
          limits.fans(),
        ],
      },
      {
        title: 'Health of the GPUs',
        panels: [
          health.presence(),
          health.recovery(),
          health.troubles(),
          health.lastXids(),
          health.memoryHealth(),
          health.ecc(),
          health.xidsOfUnits(),
          health.link(),
          health.linkErrors(),
        ],
      },
      {
        title: 'Heat of the machine',
        panels: [
          heat.zones(),
          heat.leftOfZones(),
          heat.everyZone(),
          heat.cooling(),
          heat.processors(),
          heat.sensors(),
          heat.boardFans(),
          heat.unreadable(),
        ],
      },
      {
        title: 'More of the GPUs: parts, transfers, processes',
        collapsed: true,
        panels: [load.parts(), load.otherMemory(), load.processCounts(), load.engineTime(), health.traffic()],
      },
      {
        title: 'Jetson',
        collapsed: true,
        panels: [
          jetson.railPower(),
          jetson.railCurrent(),
          jetson.railVoltage(),
          jetson.railAlarms(),
          jetson.powerModes(),
          jetson.clocksLocked(),
          jetson.memoryBusy(),
        ],
      },
      {
        title: 'How the GPUs are read',
        collapsed: true,
        panels: [
          reading.successes(),
          reading.durations(),
          reading.age(),
          reading.failures(),
          reading.exitCodes(),
          reading.onTheBus(),
          reading.untold(),
        ],
      },
    ],
  });
}
