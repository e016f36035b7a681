import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, it, onTestFinished } from 'vitest';
import { startProbeSources } from '../../src/app/probe-sources.ts';
import { loadConfig } from '../../src/config/load.ts';
import { startFettle } from '../cli/run-fettle.ts';
import { notedPid } from '../fakes/noted-pid.ts';
import { httpAnswer, startHttpPeer } from '../fakes/peer.ts';
import { recordedLog } from '../fakes/recorded-log.ts';
import { tempFolder } from '../fakes/temp-folder.ts';
import { parsePage } from '../metrics/text-format.ts';

const PROGRAM = fileURLToPath(new URL('../fakes/probe-command.sh', import.meta.url));

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

it('does not run a changed program beside its old run, not even across a reload', async () => {
  const folder = tempFolder();
  const configOf = (...argv: readonly string[]) => {
    const probe = { name: 'a', interval: '1s', timeout: '900ms', command: { argv: [PROGRAM, ...argv] } };
    const loaded = loadConfig(JSON.stringify({ probes: [probe] }));
    if (!loaded.ok) throw new Error(JSON.stringify(loaded.problems));
    return loaded.config;
  };
  const sources = await startProbeSources(configOf('deaf', `${folder}/pid`), recordedLog().log);
  onTestFinished(() => sources.stop());
  const pid = await notedPid(`${folder}/pid`);
  (await sources.prepare(configOf('alone', String(pid))))();
  const samples = async () =>
    (await sources.collector.collect(new AbortController().signal)).flatMap((block) => block.samples());
  const success = async () =>
    (await samples()).find(({ metric }) => metric.name === 'fettle_probe_success')?.value;
  await expect.poll(success, { timeout: 20_000 }).toBe(1);
  const failed = (await samples()).filter(
    ({ metric, labels, value }) =>
      metric.name === 'fettle_probe_failures_total' && labels['reason'] === 'status' && value > 0,
  );
  expect(failed).toEqual([]);
}, 30_000);
