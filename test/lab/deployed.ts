import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Document, isMap, isSeq, parseDocument } from 'yaml';
import { repository } from './unpack.ts';

/** What differs from the files that users deploy. */
export interface Deployment {
  readonly exporterPort: number;
  readonly remediatorPort: number;
  readonly alertmanagerPort: number;
  readonly prometheusPort: number;
  readonly tokenFile: string;
}

/** Fast enough to watch; a deployed Prometheus scrapes every 15 s. */
const INTERVAL = '1s';

/** Writes deploy/prometheus/prometheus.yml with other ports and 1 s intervals. */
export function writePrometheusConfig(file: string, deployment: Deployment): void {
  const document = read('deploy/prometheus/prometheus.yml');
  document.setIn(['global', 'scrape_interval'], INTERVAL);
  document.setIn(['global', 'evaluation_interval'], INTERVAL);
  document.set('rule_files', [join(repository, 'alerts/*.rules.yml')]);
  retarget(document, ['alerting', 'alertmanagers', 0], deployment.alertmanagerPort);
  const ports: Record<string, number> = {
    fettle: deployment.exporterPort,
    'fettle-remediator': deployment.remediatorPort,
  };
  for (const [index, job] of jobNames(document).entries()) {
    const port = ports[job];
    if (port === undefined) throw new Error(`deploy/prometheus/prometheus.yml has an unexpected job ${job}`);
    retarget(document, ['scrape_configs', index], port);
  }
  writeFileSync(file, document.toString());
}

/** Writes deploy/alertmanager/alertmanager.yml with another port and token, and "resolved" after 1 s. */
export function writeAlertmanagerConfig(file: string, { remediatorPort, tokenFile }: Deployment): void {
  const document = read('deploy/alertmanager/alertmanager.yml');
  const webhook = ['receivers', 0, 'webhook_configs', 0];
  document.setIn([...webhook, 'url'], `http://127.0.0.1:${remediatorPort}/api/v1/webhook`);
  document.setIn([...webhook, 'http_config', 'authorization', 'credentials_file'], tokenFile);
  document.setIn(['route', 'routes', 0, 'group_interval'], INTERVAL);
  writeFileSync(file, document.toString());
}

function read(path: string): Document {
  return parseDocument(readFileSync(join(repository, path), 'utf8'));
}

function jobNames(document: Document): readonly string[] {
  const jobs = document.get('scrape_configs');
  if (!isSeq(jobs)) return [];
  return jobs.items.map((job) => (isMap(job) ? String(job.get('job_name')) : ''));
}

function retarget(document: Document, place: readonly (string | number)[], port: number): void {
  const targets = [...place, 'static_configs', 0, 'targets'];
  if (!document.hasIn(targets)) throw new Error(`there is no ${targets.join('.')} to set`);
  document.setIn(targets, [`127.0.0.1:${port}`]);
}
