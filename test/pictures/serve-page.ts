import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import type { Job } from './page/job.ts';

/** The page that draws, at an address of 127.0.0.1. */
export interface ServedPage {
  readonly address: string;
  /** What it draws when it is loaded the next time. */
  show(job: Job): void;
  close(): void;
}

const DOCUMENT =
  '<!doctype html><body style="margin:0"><link rel="stylesheet" href="/main.css"><div id="root"></div><script type="module" src="/main.js"></script>';

/** Builds the page and serves it, and hands its questions on to this Prometheus. */
export async function servePage(prometheus: string): Promise<ServedPage> {
  const { script, style } = await bundled();
  let job: Job | undefined;
  const server = createServer(async (request, response) => {
    const { url = '/' } = request;
    if (url.startsWith('/api/v1/')) {
      const answer = await asked(prometheus, request);
      response.end(answer);
    } else if (url === '/job.json') response.end(JSON.stringify(job));
    else if (url === '/main.js') response.setHeader('content-type', 'text/javascript').end(script);
    else if (url === '/main.css') response.setHeader('content-type', 'text/css').end(style);
    else if (url === '/') response.setHeader('content-type', 'text/html; charset=utf-8').end(DOCUMENT);
    else response.writeHead(404).end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    address: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    show(next) {
      job = next;
    },
    close: () => server.close(),
  };
}

async function asked(prometheus: string, request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk);
  const reply = await fetch(`${prometheus}${request.url}`, {
    method: 'POST',
    body: Buffer.concat(chunks),
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
  });
  return reply.text();
}

async function bundled(): Promise<{ readonly script: string; readonly style: string }> {
  const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url));
  const { outputFiles } = await build({
    entryPoints: [here('page/main.tsx')],
    absWorkingDir: here('.'),
    outdir: 'out',
    bundle: true,
    format: 'esm',
    write: false,
    minify: true,
    jsx: 'automatic',
    target: 'chrome120',
    define: { 'process.env.NODE_ENV': '"production"', global: 'globalThis' },
    alias: {
      'react-router-dom-v5-compat': 'react-router-dom',
      'react-custom-scrollbars-2': here('page/scrollbars.ts'),
    },
    loader: { '.svg': 'dataurl', '.png': 'dataurl', '.woff2': 'dataurl', '.ttf': 'dataurl' },
    logLevel: 'error',
  });
  const partOf = (ending: string): string =>
    outputFiles.find(({ path }) => path.endsWith(ending))?.text ?? '';
  return { script: partOf('.js'), style: partOf('.css') };
}
