import type { Dashboard } from '@grafana/grafana-foundation-sdk/dashboard';
import { alertsAnnotation, repairsAnnotation } from '../annotations.ts';
import { fettleDashboard } from '../dashboard.ts';
import { labelVariable } from '../variables.ts';
import * as decisions from './decisions.ts';
import * as now from './now.ts';
import * as steps from './steps.ts';

/** "fettle / Repairs": what has fettle done, did it help, and why did it do nothing where it did not? */
export function repairsDashboard(): Dashboard {
  return fettleDashboard({
    uid: 'fettle-repairs',
    title: 'Repairs',
    description:
      'What fettle has done about alerts, whether it helped, and why it did nothing where it did not. Each word of it stands in the ledger: "fettle audit" on the host.',
    tags: ['repairs'],
    from: '24h',
    variables: [
      labelVariable('policy', 'Policy', 'fettle_decisions_total{job=~"$job",instance=~"$instance"}'),
    ],
    annotations: [repairsAnnotation(), alertsAnnotation()],
    rows: [
      {
        title: 'Now',
        panels: [
          now.takesNotifications(),
          now.paused(),
          now.givenUp(),
          now.effectiveness(),
          now.ended(),
          now.lastRepair(),
          now.underWay(),
          now.waiting(),
          now.oldest(),
          now.toUndo(),
          now.budget(),
          now.ledgerErrors(),
        ],
      },
      {
        title: 'What was done, and did it help',
        panels: [
          decisions.everyPolicy(),
          steps.endings(),
          steps.cases(),
          steps.results(),
          steps.openCircuits(),
        ],
      },
      {
        title: 'Why something was done, or nothing',
        panels: [
          decisions.alerts(),
          decisions.decisions(),
          decisions.refusals(),
          decisions.refusalsOverTime(),
        ],
      },
      {
        title: 'How it is done',
        panels: [
          steps.seconds(),
          steps.queue(),
          steps.budgets(),
          steps.budgetsOverTime(),
          steps.queueAge(),
          decisions.requests(),
        ],
      },
    ],
  });
}
