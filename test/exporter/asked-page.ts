import { get, type IncomingHttpHeaders, type IncomingMessage } from 'node:http';
import { buffer } from 'node:stream/consumers';

/** A reply to a request for the page, as it came. */
export interface AskedPage {
  readonly status: number | undefined;
  readonly headers: IncomingHttpHeaders;
  /** Not unpacked. */
  readonly body: Buffer;
}

/**
 * Asks for the page as a scraper does, over a connection of its own.
 *
 * With `x-prometheus-scrape-timeout-seconds` it gives up after that time, as Prometheus does, which throws.
 */
export async function askPage(
  url: string,
  headers: Readonly<Record<string, string>> = {},
): Promise<AskedPage> {
  const timeout = headers['x-prometheus-scrape-timeout-seconds'];
  const signal = AbortSignal.timeout(timeout === undefined ? 15_000 : Number(timeout) * 1000);
  const reply = await new Promise<IncomingMessage>((resolve, reject) => {
    get(url, { headers, agent: false, signal }, resolve).on('error', reject);
  });
  return { status: reply.statusCode, headers: reply.headers, body: await buffer(reply) };
}
