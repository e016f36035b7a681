import type { IncomingHttpHeaders } from 'node:http';
import type { ScrapeRequest } from '../metrics/scrape.ts';
import { acceptedFormat } from './accept.ts';

type Query = Readonly<Record<string, unknown>>;

/** What a request for `/metrics` asks for, or what is wrong with it. */
export type ParsedScrapeRequest =
  | { readonly ok: true; readonly request: ScrapeRequest }
  | { readonly ok: false; readonly problem: string };

/** Reads `collect[]` and `exclude[]` (as node_exporter has them), the format, and the scraper's timeout. */
export function parseScrapeRequest(
  headers: IncomingHttpHeaders,
  query: Query,
  known: readonly string[],
): ParsedScrapeRequest {
  const wanted = namesIn(query, 'collect[]');
  const unwanted = namesIn(query, 'exclude[]');
  if (wanted.length > 0 && unwanted.length > 0) {
    return { ok: false, problem: 'collect[] and exclude[] cannot be given together' };
  }
  const stranger = [...wanted, ...unwanted].find((name) => !known.includes(name));
  if (stranger !== undefined) {
    return { ok: false, problem: `there is no collector "${stranger}" here, only ${known.join(', ')}` };
  }
  const request = {
    format: acceptedFormat(headers.accept),
    collectors: chosen(known, wanted, unwanted),
    limitMs: collectorLimitMs(headers['x-prometheus-scrape-timeout-seconds']),
  };
  return { ok: true, request };
}

function namesIn(query: Query, parameter: string): readonly string[] {
  return [query[parameter]].flat().filter((name) => typeof name === 'string');
}

function chosen(known: readonly string[], wanted: readonly string[], unwanted: readonly string[]) {
  if (wanted.length > 0) return new Set(wanted);
  return unwanted.length > 0 ? new Set(known.filter((name) => !unwanted.includes(name))) : undefined;
}

/** What is kept of the scraper's timeout for writing and sending the page. */
const RESERVE_MS = 500;

/**
 * How long collectors may take if the scraper gives up after so many seconds; undefined if it does not say.
 *
 * Half a second is kept for the page, but never more than half of it all: a fixed least time would end after
 * the scraper has gone.
 */
function collectorLimitMs(timeoutSeconds: string | readonly string[] | undefined): number | undefined {
  if (typeof timeoutSeconds !== 'string' || !/^\d+(\.\d+)?$/.test(timeoutSeconds)) return undefined;
  const timeoutMs = Number(timeoutSeconds) * 1000;
  return timeoutMs > 0 ? Math.max(timeoutMs - RESERVE_MS, timeoutMs / 2) : undefined;
}
