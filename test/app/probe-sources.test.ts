import { writeFileSync } from 'node:fs';
import { expect, it, onTestFinished } from 'vitest';
import { startFettle } from '../cli/run-fettle.ts';
import { httpAnswer, startHttpPeer } from '../fakes/peer.ts';
import { tempFolder } from '../fakes/temp-folder.ts';
import { parsePage } from '../metrics/text-format.ts';

it('tells what probes find, and takes other probes over without a restart', async () => {
  const first = await startHttpPeer(httpAnswer('{"depth":7}'));
  const second = await startHttpPeer(httpAnswer('', '503 Busy'));
  const file = `${tempFolder()}/fettle.yml`;
  const kept = {
    name: 'kept',
    interval: '1s',
    http: { url: `http://127.0.0.1:${first.port}/`, values: { depth: '/depth' } },
  };
  const added = {
    name: 'added',
    unit: 'a.service',
    interval: '1s',
    http: { url: `http://127.0.0.1:${second.port}/` },
  };
  const write = (...probes: readonly object[]) =>
    writeFileSync(file, JSON.stringify({ exporter: { listen: '127.0.0.1:0', kernel_log: false }, probes }));
  write(kept);
  const fettle = startFettle(
    ['serve', '--only', 'exporter', '--log-format', 'json', '-c', file],
    onTestFinished,
  );
  const { address } = await fettle.logged('exporter is listening');
  const value = async (name: string, probe: string) => {
    const { series } = parsePage(await (await fetch(`http://${address}/metrics`)).text());
    return series.find((one) => one.name === `fettle_probe_${name}` && one.labels['probe'] === probe)?.value;
  };
  const reaches = (name: string, probe: string) => expect.poll(() => value(name, probe), { timeout: 30_000 });
  await reaches('success', 'kept').toBe(1);
  expect(await value('value', 'kept')).toBe(7);

  const runs = (await value('runs_total', 'kept')) ?? Number.NaN;
  write(added, kept);
  fettle.child.kill('SIGHUP');
  await fettle.logged('configuration reloaded');
  await reaches('success', 'added').toBe(0);
  expect(await value('http_status_code', 'added')).toBe(503);
  expect(await value('runs_total', 'kept')).toBeGreaterThanOrEqual(runs);

  write(added);
  fettle.child.kill('SIGHUP');
  await reaches('runs_total', 'kept').toBeUndefined();
  fettle.child.kill('SIGTERM');
  expect((await fettle.ended).code).toBe(0);
}, 60_000);
