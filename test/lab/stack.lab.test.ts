import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { describeStack } from './describe-lab.ts';
import { discoveredAlertmanagers, queryPrometheus } from './query.ts';
import { freePort, type Service } from './service-process.ts';
import { startAlertmanager, startPrometheus } from './stack.ts';
import { waitFor } from './wait.ts';

describeStack('Prometheus and Alertmanager', () => {
  let dir: string;
  let prometheus: Service;
  let alertmanager: Service;

  beforeAll(async () => {
    dir = mkdtempSync(`${tmpdir()}/fettle-stack-`);
    const port = await freePort();
    writeFileSync(`${dir}/alertmanager.yml`, 'route: {receiver: none}\nreceivers: [{name: none}]\n');
    writeFileSync(`${dir}/prometheus.yml`, prometheusConfig(port));
    alertmanager = await startAlertmanager({ configFile: `${dir}/alertmanager.yml`, dir, port });
    prometheus = await startPrometheus({ configFile: `${dir}/prometheus.yml`, dir });
  });
  afterAll(async () => {
    await prometheus?.stop();
    await alertmanager?.stop();
    rmSync(dir, { recursive: true, force: true });
  });

  test('answer queries, and throw what Prometheus says about a bad one', async () => {
    const [sample] = await queryPrometheus(prometheus.url, 'vector(42)');
    expect(sample).toEqual({ metric: {}, value: 42 });
    await expect(queryPrometheus(prometheus.url, 'vector(')).rejects.toThrow('parse error');
  });

  test('find each other', async () => {
    const found = await waitFor('Prometheus has found its Alertmanager', async () => {
      const urls = await discoveredAlertmanagers(prometheus.url);
      return urls.length > 0 ? urls : undefined;
    });
    expect(found).toEqual([`${alertmanager.url}/api/v2/alerts`]);
  });

  test('serve web pages, with what these load', async () => {
    for (const page of [`${prometheus.url}/graph`, `${alertmanager.url}/`]) {
      const reply = await fetch(page);
      const html = await reply.text();
      expect(reply.status, page).toBe(200);
      for (const [, path = ''] of html.matchAll(/(?:src|href)="([^"]+\.(?:js|css|ico)[^"]*)"/g)) {
        expect((await fetch(new URL(path, page))).status, `${path} of ${page}`).toBe(200);
      }
    }
  });

  test('stop, and take their data with them', async () => {
    const extra = await startPrometheus({ configFile: `${dir}/prometheus.yml`, dir });
    const before = readdirSync(dir).length;
    await extra.stop();
    expect(readdirSync(dir).length).toBe(before - 1);
    await expect(fetch(extra.url)).rejects.toThrow();
    expect(extra.readLog()).toContain('See you next time');
  });

  test('say why they did not start', async () => {
    writeFileSync(`${dir}/bad.yml`, 'nonsense: true\n');
    await expect(startPrometheus({ configFile: `${dir}/bad.yml`, dir })).rejects.toThrow(
      /prometheus did not start: it ended at once[\s\S]*field nonsense not found/,
    );
  });

  test('die with their owner', async () => {
    const owner = await startOwner(dir);
    const [line] = await once(owner.stdout ?? owner, 'data');
    const { url } = JSON.parse(String(line)) as { url: string };
    expect((await fetch(url)).status).toBe(200);

    owner.kill('SIGKILL');

    await waitFor('nobody listens any more', () =>
      fetch(url).then(
        () => undefined,
        () => true,
      ),
    );
    expect(existsSync(dir)).toBe(true);
  });
});

function prometheusConfig(alertmanagerPort: number): string {
  return `
global: {scrape_interval: 1s, evaluation_interval: 1s}
alerting: {alertmanagers: [{static_configs: [{targets: ['127.0.0.1:${alertmanagerPort}']}]}]}
`;
}

/** A process of its own that runs Prometheus and waits to be killed. */
async function startOwner(dir: string): Promise<ChildProcess> {
  const code = `
    import { startPrometheus } from ${JSON.stringify(new URL('stack.ts', import.meta.url).href)};
    const { url } = await startPrometheus({ configFile: '${dir}/prometheus.yml', dir: '${dir}' });
    console.log(JSON.stringify({ url }));
    setInterval(() => {}, 1e6);`;
  return spawn(process.execPath, ['--import', 'tsx', '--input-type=module', '-e', code], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
}
