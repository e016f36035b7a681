import type { Express } from 'express';
import type { Log } from '../domain/log.ts';
import type { Scrape } from '../metrics/scrape.ts';
import { createRoutes, finishRoutes } from './routes.ts';

/** What the exporter's listener needs. */
export interface ExporterRoutes {
  readonly version: string;
  readonly metrics: Scrape;
  readonly unready: () => string | undefined;
  readonly log: Log;
}

/** The exporter's listener: what the machine looks like. */
export function createExporterApp({ version, metrics, unready, log }: ExporterRoutes): Express {
  const landing = {
    title: 'fettle exporter',
    text: 'The units of this machine, their cgroups and its thermal zones, for Prometheus.',
    version,
    links: [
      { href: '/metrics', text: 'the metrics' },
      { href: '/-/healthy', text: 'whether the process runs' },
      { href: '/-/ready', text: 'whether all units have been read' },
    ],
  };
  return finishRoutes(createRoutes({ landing, metrics, unready }), log);
}
