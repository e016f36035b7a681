import type { Dashboard } from '@grafana/grafana-foundation-sdk/dashboard';
import { alertsAnnotation, repairsAnnotation } from '../annotations.ts';
import { fettleDashboard } from '../dashboard.ts';
import { labelVariable } from '../variables.ts';
import * as answers from './answers.ts';
import * as journal from './journal.ts';
import * as kernel from './kernel.ts';
import * as now from './now.ts';
import * as resolver from './resolver.ts';

/** "fettle / Probes and logs": do the services answer as they should, and what do the logs say? */
export function probesDashboard(): Dashboard {
  return fettleDashboard({
    uid: 'fettle-probes',
    title: 'Probes and logs',
    description:
      'Do the services answer as they should, and if not, why and since when? What do the journal and the kernel log say meanwhile?',
    tags: ['probes', 'logs'],
    variables: [
      labelVariable('probe', 'Probe', 'fettle_probe_runs_total{job=~"$job",instance=~"$instance"}'),
    ],
    annotations: [repairsAnnotation(), alertsAnnotation()],
    rows: [
      {
        title: 'Now',
        panels: [
          now.probes(),
          now.failing(),
          now.silent(),
          now.answered(),
          now.certificates(),
          now.errors(),
          now.outOfMemory(),
          now.notRead(),
        ],
      },
      {
        title: 'Probes',
        panels: [
          answers.results(),
          answers.everyProbe(),
          answers.durations(),
          answers.failures(),
          answers.availabilityOverTime(),
          answers.phases(),
          answers.values(),
          answers.certificateDays(),
          answers.files(),
        ],
      },
      {
        title: 'The journal',
        panels: [
          journal.priorities(),
          journal.errors(),
          journal.loudest(),
          journal.patterns(),
          journal.lastMatches(),
        ],
      },
      {
        title: 'The kernel log, and the readers of both',
        panels: [kernel.events(), kernel.disks(), kernel.lag(), kernel.losses()],
      },
      {
        title: 'Names: systemd-resolved',
        collapsed: true,
        panels: [resolver.lookups(), resolver.resolverState(), resolver.dnssec()],
      },
    ],
  });
}
