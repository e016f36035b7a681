/**
 * Draws the dashboards with Grafana's own UI packages in a headless Chromium, light and dark.
 *
 * tsx test/pictures/draw.ts [ADDRESS] [DASHBOARD...] asks the Prometheus at the address; without one, two live
 * hosts are started, watched for some minutes, drawn and stopped (root on Linux).
 */

import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import puppeteer, { type Browser } from 'puppeteer-core';
import { type DashboardFile, dashboardsOf, filledIn } from './dashboards.ts';
import { liveScene } from './live-scene.ts';
import { WIDTH, wholePanels } from './page/grid.ts';
import type { Job } from './page/job.ts';
import { servePage } from './serve-page.ts';

/** What documents show; with WHOLE=1 all of it, for a look at each panel. */
const TOP = 1700;
const PICTURES = process.env['PICTURES'] ?? fileURLToPath(new URL('../../docs/pictures/', import.meta.url));
const RANGE_SECONDS = Number(process.env['RANGE_SECONDS'] ?? 600);

const { positionals } = parseArgs({ allowPositionals: true });
const given = positionals.find((word) => word.startsWith('http'));
const chosen = positionals.filter((word) => word !== given);

if (given !== undefined) await drawAll(given);
else {
  const scene = await liveScene(RANGE_SECONDS);
  try {
    await drawAll(scene.address);
  } finally {
    await scene.stop();
  }
}

/** All pictures are of the same minutes. */
async function drawAll(prometheus: string): Promise<void> {
  const end = Math.floor(Date.now() / 1000);
  const step = Math.max(2, Math.round(RANGE_SECONDS / 300));
  const window = { start: end - RANGE_SECONDS, end, step };
  const page = await servePage(prometheus);
  const browser = await puppeteer.launch({
    executablePath: process.env['CHROMIUM'] ?? '/usr/bin/chromium',
    args: ['--no-sandbox', '--disable-gpu', '--force-color-profile=srgb'],
  });
  try {
    for (const dashboard of dashboardsOf(chosen)) {
      for (const theme of ['light', 'dark'] as const) {
        page.show({ title: dashboard.title, theme, panels: filledIn(dashboard, window), window });
        await photograph(browser, page.address, dashboard, theme, end);
      }
    }
  } finally {
    await browser.close();
    page.close();
  }
}

async function photograph(
  browser: Browser,
  address: string,
  { name, panels }: DashboardFile,
  theme: Job['theme'],
  end: number,
): Promise<void> {
  const path = `${PICTURES}${name}-${theme}.png` as const;
  const page = await browser.newPage();
  page.on('pageerror', (error) => console.error(`${name}: ${error}`));
  await page.setViewport({ width: WIDTH, height: 1200 });
  // What happened a minute ago is said to be so, however long the drawing takes.
  await page.evaluateOnNewDocument((now) => {
    const clock = Date.now;
    const behind = clock() - now;
    Date.now = () => clock() - behind;
  }, end * 1000);
  await page.goto(address);
  await page.waitForFunction(() => document.title === 'drawn', { timeout: 60_000 });
  const clip = { x: 0, y: 0, width: WIDTH, height: wholePanels(panels, TOP) };
  await page.screenshot({ path, ...(process.env['WHOLE'] === '1' ? { fullPage: true } : { clip }) });
  await page.close();
  console.log(path);
}
