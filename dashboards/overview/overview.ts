import type { Dashboard } from '@grafana/grafana-foundation-sdk/dashboard';
import { alertsAnnotation, repairsAnnotation } from '../annotations.ts';
import { fettleDashboard } from '../dashboard.ts';
import { diskBytes, diskOperations, disks, fileSystems, network, networkTrouble } from './disks-network.ts';
import { gpuMemory, gpuUse, hotSpots } from './gpus.ts';
import { mostCpu, mostMemory, repairs, restarts, runsFull } from './load.ts';
import { hostCpu, hostMemory, hostPressure, hosts, systemState, unitsByState } from './machine.ts';
import { down, firing } from './tables.ts';
import { tiles } from './tiles.ts';
import { verdict } from './verdict.ts';

/** "fettle / Overview": is everything well, in two seconds and from a phone, and if not, where to look? */
export function overviewDashboard(): Dashboard {
  return fettleDashboard({
    uid: 'fettle-overview',
    title: 'Overview',
    description:
      'Is everything well, and if not, where to look? One sentence first, then what is down, what is hot, what runs full, and what fettle did about it.',
    tags: ['overview'],
    annotations: [repairsAnnotation(), alertsAnnotation()],
    rows: [
      { title: 'Now', panels: [verdict(), ...tiles(), down(), firing()] },
      { title: 'GPUs and heat', panels: [gpuUse(), gpuMemory(), hotSpots()] },
      { title: 'Who uses what', panels: [mostCpu(), mostMemory(), runsFull()] },
      { title: 'What happened', panels: [restarts(), repairs()] },
      { title: 'Machine', panels: [hosts(), hostCpu(), hostMemory(), hostPressure(), disks()] },
      {
        title: 'Disks, network and systemd',
        panels: [
          fileSystems(),
          diskBytes(),
          diskOperations(),
          network(),
          networkTrouble(),
          systemState(),
          unitsByState(),
        ],
        collapsed: true,
      },
    ],
  });
}
