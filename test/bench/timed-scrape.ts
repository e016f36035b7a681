import { Agent, get } from 'node:http';

/** One scrape as Prometheus would do it, without compression. */
export interface TimedScrape {
  readonly status: number;
  readonly body: Buffer;
  /** From sending the request to the last byte. */
  readonly ms: number;
}

/** Far above Prometheus's 10 s: at 3000 services node_exporter needs seconds, and is still to be measured. */
const LIMIT_MS = 60_000;

/** A client with one kept connection, as Prometheus has it. */
export function createScraper(url: string): { scrape(): Promise<TimedScrape>; close(): void } {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  return {
    scrape: () => scrape(url, agent),
    close: () => agent.destroy(),
  };
}

function scrape(url: string, agent: Agent): Promise<TimedScrape> {
  const begin = performance.now();
  return new Promise((resolve, reject) => {
    const request = get(url, { agent, signal: AbortSignal.timeout(LIMIT_MS) }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('error', reject);
      response.on('end', () =>
        resolve({
          status: response.statusCode ?? 0,
          body: Buffer.concat(chunks),
          ms: performance.now() - begin,
        }),
      );
    });
    request.on('error', reject);
  });
}
