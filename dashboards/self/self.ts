import type { Dashboard } from '@grafana/grafana-foundation-sdk/dashboard';
import { fettleDashboard } from '../dashboard.ts';
import { alerts, ledgerErrors, queue, requests } from './intake.ts';
import { tiles } from './now.ts';
import { cpu, eventLoop, files, garbage, memory, resources } from './process.ts';
import {
  answers,
  collectorSeconds,
  collectorSuccess,
  hungReads,
  newSeries,
  pageSeries,
  readsLeftOut,
  scrapeSeconds,
  versions,
} from './scrapes.ts';

/** "fettle / fettle itself": can what the other dashboards show be believed, and what does that cost? */
export function selfDashboard(): Dashboard {
  return fettleDashboard({
    uid: 'fettle-self',
    title: 'fettle itself',
    description:
      'Can what the other dashboards show be believed, and what does it cost? Scrapes, collectors, what hangs, the process, the webhook and the ledger.',
    tags: ['self'],
    rows: [
      { title: 'Now', panels: tiles() },
      {
        title: 'Scrapes and collectors',
        panels: [
          answers(),
          scrapeSeconds(),
          collectorSuccess(),
          collectorSeconds(),
          pageSeries(),
          newSeries(),
        ],
      },
      { title: 'What hangs', panels: [hungReads(), readsLeftOut()] },
      { title: 'Process', panels: [memory(), cpu(), eventLoop(), garbage(), files(), resources()] },
      { title: 'Remediator: intake and ledger', panels: [requests(), alerts(), queue(), ledgerErrors()] },
      { title: 'Versions', panels: [versions()] },
    ],
  });
}
