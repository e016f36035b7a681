/**
 * Draws every dashboard with Grafana's own UI packages in a headless Chromium, light and dark, from the
 * Prometheus at the address that is given: tsx test/pictures/draw.ts ADDRESS [DASHBOARD...]
 */
import { readdirSync, readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import puppeteer from 'puppeteer-core';
import { interpolate } from '../dashboards/interpolate.ts';
import type { PanelJson } from './page/job.ts';
import { stepOf as panelStep } from './page/step.ts';

const [prometheus, ...chosen] = process.argv.slice(2);
if (prometheus === undefined)
  throw new Error('which Prometheus? tsx test/pictures/draw.ts http://127.0.0.1:9090');

const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url));
const DASHBOARDS = here('../../dashboards/');
const PICTURES = process.env['PICTURES'] ?? here('../../docs/pictures/');
const RANGE_SECONDS = Number(process.env['RANGE_SECONDS'] ?? 600);
/** What documents show; with WHOLE=1 all of it, for a look at each panel. */
const TOP = { x: 0, y: 0, width: 1600, height: 1700 };
/** How often the lab is scraped. */
const SCRAPE_SECONDS = 2;
const STEP_SECONDS = Math.max(2, Math.round(RANGE_SECONDS / 300));

const bundle = await build({
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
  bundle.outputFiles.find(({ path }) => path.endsWith(ending))?.text ?? '';
const script = partOf('.js');
const style = partOf('.css');
let job = '{}';
const server = createServer(async (request, response) => {
  const url = request.url ?? '/';
  if (url.startsWith('/api/v1/')) {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    const headers = { 'content-type': 'application/x-www-form-urlencoded' };
    const reply = await fetch(`${prometheus}${url}`, {
      method: 'POST',
      body: Buffer.concat(chunks),
      headers,
    });
    response.end(await reply.text());
  } else if (url === '/job.json') response.end(job);
  else if (url === '/main.js') response.setHeader('content-type', 'text/javascript').end(script);
  else if (url === '/main.css') response.setHeader('content-type', 'text/css').end(style);
  else if (url === '/') {
    response.setHeader('content-type', 'text/html; charset=utf-8');
    response.end(
      '<!doctype html><body style="margin:0"><link rel="stylesheet" href="/main.css"><div id="root"></div><script type="module" src="/main.js"></script>',
    );
  } else {
    response.statusCode = 404;
    response.end();
  }
});
await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
const address = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
const browser = await puppeteer.launch({
  executablePath: process.env['CHROMIUM'] ?? '/usr/bin/chromium',
  args: ['--no-sandbox', '--disable-gpu', '--force-color-profile=srgb'],
});
const end = Math.floor(Date.now() / 1000);
/** What Grafana would fill in for a panel: everything is chosen, and steps are as long as the panel asks. */
function filledIn(panel: PanelJson): PanelJson {
  const step = panelStep(panel, STEP_SECONDS);
  const all = Object.fromEntries(
    ['job', 'instance', 'name', 'gpu', 'probe', 'policy'].map((name) => [name, '.+']),
  );
  const rate = Math.max(4 * SCRAPE_SECONDS, step + SCRAPE_SECONDS);
  const times = { __interval: `${step}s`, __rate_interval: `${rate}s`, __range: `${RANGE_SECONDS}s` };
  return JSON.parse(interpolate(JSON.stringify(panel), new Map(Object.entries({ ...all, ...times }))));
}

for (const file of readdirSync(DASHBOARDS).filter((name) => name.endsWith('.json'))) {
  const name = file.slice(0, -'.json'.length);
  if (chosen.length > 0 && !chosen.includes(name)) continue;
  const { title, panels }: { title: string; panels: readonly PanelJson[] } = JSON.parse(
    readFileSync(`${DASHBOARDS}${file}`, 'utf8'),
  );
  for (const theme of ['light', 'dark'] as const) {
    job = JSON.stringify({
      title,
      theme,
      panels: panels.map(filledIn),
      window: { start: end - RANGE_SECONDS, end, step: STEP_SECONDS },
    });
    const page = await browser.newPage();
    page.on('pageerror', (error) => console.error(`${name}: ${error}`));
    await page.setViewport({ width: 1600, height: 1200 });
    await page.goto(address);
    await page.waitForFunction(() => document.title === 'drawn', { timeout: 60_000 });
    await page.screenshot({
      path: `${PICTURES}${name}-${theme}.png` as `${string}.png`,
      ...(process.env['WHOLE'] === '1' ? { fullPage: true } : { clip: TOP }),
    });
    await page.close();
    console.log(`${name}-${theme}.png`);
  }
}
await browser.close();
server.close();
