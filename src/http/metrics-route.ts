import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import type { RequestHandler, Response } from 'express';
import { CONTENT_TYPES } from '../metrics/format.ts';
import type { Scrape } from '../metrics/scrape.ts';
import { acceptsGzip } from './accept.ts';
import { parseScrapeRequest } from './scrape-request.ts';

/** Below this, gzip costs more than it saves: a page of this size is sent in one packet anyway. */
const GZIP_FROM_BYTES = 1024;

/** Pages repeat themselves so much that level 6 saves 3 % more and takes twice as long (12 MB: 50 ms). */
const GZIP_LEVEL = 1;

/** Packed in one go, so much at a time: a page of 12 MB is never in memory as a whole beside its pieces. */
const GZIP_BYTES = 131_072;

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
    response.setHeader('Content-Encoding', 'gzip');
    await sendPacked(response, pieces);
  };
}

async function sendPacked(response: Response, pieces: readonly Uint8Array[]): Promise<void> {
  const packer = createGzip({ level: GZIP_LEVEL, chunkSize: GZIP_BYTES });
  try {
    await pipeline(Readable.from(portions(pieces)), packer, response);
  } catch (thrown) {
    // A scraper that has gone needs no answer, and gets none.
    if (!response.destroyed) throw thrown;
  }
}

function* portions(pieces: readonly Uint8Array[]): Generator<Buffer, void> {
  let portion: Uint8Array[] = [];
  let bytes = 0;
  for (const piece of pieces) {
    portion.push(piece);
    bytes += piece.length;
    if (bytes < GZIP_BYTES) continue;
    yield Buffer.concat(portion, bytes);
    portion = [];
    bytes = 0;
  }
  if (bytes > 0) yield Buffer.concat(portion, bytes);
}

function sendPieces(response: Response, pieces: readonly Uint8Array[], bytes: number): void {
  response.setHeader('Content-Length', bytes);
  // One system call for all: copying them together first would cost the page's size in memory, each time.
  response.cork();
  for (const piece of pieces) response.write(piece);
  response.uncork();
  response.end();
}
