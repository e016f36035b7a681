import type { Dashboard } from '@grafana/grafana-foundation-sdk/dashboard';
import { alertsAnnotation, repairsAnnotation } from '../annotations.ts';
import { fettleDashboard } from '../dashboard.ts';
import { labelVariable } from '../variables.ts';
import {
  activations,
  alerts,
  failures,
  launchdStates,
  probes,
  restarts,
  running,
  states,
} from './history.ts';
import { journal, journalPatterns } from './journal.ts';
import { daemons, launchdJobs, launchdMemory, launchdUse } from './managers.ts';
import { gpuMemory, gpuProcesses, limitsFelt, memory, memoryParts, tasks } from './memory.ts';
import { failuresNow, givenUp, outOfMemory, restartsNow, runningFor, stateNow } from './now.ts';
import { everyUnit, lastRuns, sockets, timers, unitFiles } from './tables.ts';
import {
  cpu,
  diskBytes,
  diskOperations,
  gpuEngines,
  network,
  packets,
  pressure,
  stalls,
  throttling,
} from './work.ts';

/** "fettle / Unit detail": is this unit well, and if not, since when, and what does it use? */
export function unitDashboard(): Dashboard {
  return fettleDashboard({
    uid: 'fettle-unit',
    title: 'Unit detail',
    description:
      'Is this unit well, and if not, since when? One service or unit, or several side by side: states and restarts, what it uses and what keeps it from more, what it says in the journal, and what fettle did about it.',
    tags: ['systemd'],
    variables: [
      labelVariable(
        'name',
        'Unit',
        '{__name__=~"unit_up|systemd_unit_load_state_info",job=~"$job",instance=~"$instance"}',
      ),
    ],
    annotations: [repairsAnnotation(), alertsAnnotation('unit=~"$name"')],
    rows: [
      {
        title: 'Now',
        panels: [stateNow(), runningFor(), restartsNow(), failuresNow(), outOfMemory(), givenUp(), states()],
      },
      { title: 'Trouble', panels: [restarts(), failures(), alerts(), probes()] },
      {
        title: 'What it uses',
        panels: [memory(), cpu(), memoryParts(), throttling(), tasks(), limitsFelt()],
      },
      { title: 'Journal', panels: [journal(), journalPatterns()] },
      { title: 'GPU', panels: [gpuMemory(), gpuProcesses()], collapsed: true },
      {
        title: 'Waiting, disks and network',
        panels: [
          pressure(),
          stalls(),
          diskBytes(),
          diskOperations(),
          network(),
          packets(),
          gpuEngines(),
          activations(),
        ],
        collapsed: true,
      },
      { title: 'Every unit', panels: [everyUnit(), unitFiles(), lastRuns()], collapsed: true },
      { title: 'Timers and sockets', panels: [timers(), sockets()], collapsed: true },
      {
        title: 'Managers beside systemd',
        panels: [running(), launchdStates(), launchdUse(), launchdMemory(), daemons(), launchdJobs()],
        collapsed: true,
      },
    ],
  });
}
