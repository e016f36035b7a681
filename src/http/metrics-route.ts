import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import type { RequestHandler, Response } from 'express';
import { CONTENT_TYPES } from '../metrics/format.ts';
import type { Scrape } from '../metrics/scrape.ts';
import { acceptsGzip } from './accept.ts';
import { parseScrapeRequest } from './scrape-request.ts';

/** Below this, gzip costs more than it saves: a page of this size is sent in one packet anyway. */
const GZIP_FROM_BYTES = 1024;

/** Pages repeat themselves so much that level 6 saves 3 % more and takes twice as long (12 MB: 50 ms). */
const GZIP_LEVEL = 1;

const gzipped = promisify<Uint8Array, { level: number }, Buffer>(gzip);

/** `GET /metrics`: the page in the format and encoding that the scraper asks for. */
export function createMetricsRoute(scrape: Scrape): RequestHandler {
  return async (request, response) => {
    response.vary('Accept, Accept-Encoding');
    const parsed = parseScrapeRequest(request.headers, request.query, scrape.collectors);
    if (!parsed.ok) {
      response.status(400).json({ error: parsed.problem });
      return;
    }
    const pieces = await scrape.page(parsed.request);
    // Set apart from send(), which would put the charset before the version.
    response.setHeader('Content-Type', CONTENT_TYPES[parsed.request.format]);
    const bytes = pieces.reduce((sum, { length }) => sum + length, 0);
    if (bytes < GZIP_FROM_BYTES || !acceptsGzip(request.get('Accept-Encoding'))) {
      return sendPieces(response, pieces, bytes);
    }
    const packed = await gzipped(Buffer.concat(pieces, bytes), { level: GZIP_LEVEL });
    response.setHeader('Content-Encoding', 'gzip');
    sendPieces(response, [packed], packed.length);
  };
}

function sendPieces(response: Response, pieces: readonly Uint8Array[], bytes: number): void {
  response.setHeader('Content-Length', bytes);
  for (const piece of pieces) response.write(piece);
  response.end();
}
