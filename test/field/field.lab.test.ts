import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse, stringify } from 'yaml';
import * as z from 'zod';
import { markdownBlocks } from '../docs/markdown-blocks.ts';
import { describeStack } from '../lab/describe-lab.ts';
import { startExporter } from '../lab/exporter.ts';
import { type Lab, startLab } from '../lab/lab.ts';
import { queryPrometheus } from '../lab/query.ts';
import { freePort, type Service } from '../lab/service-process.ts';
import { startPrometheus } from '../lab/stack.ts';
import { findNodeExporter } from '../lab/tools.ts';
import { waitFor } from '../lab/wait.ts';
import { addSickUnits, makeSick, SICK } from './sick-units.ts';

/** Alerts of the field's rules, and the unit that each must be about. */
const EXPECTED = [
  ['SystemdUnitFailed', SICK.failed],
  ['SystemdServiceCrashLooping', SICK.looping],
  ['SystemdUnitInactive', SICK.inactive],
  ['SystemdUnitTasksNearLimit', SICK.crowded],
  ['SystemdSocketHighConnections', SICK.socket],
  ['SystemdSocketRefusedConnections', SICK.socket],
  ['SystemdTimerMissedTrigger', SICK.timer],
  ['NodeSystemdServiceFailed', SICK.failed],
  ['NodeSystemdServiceCrashlooping', SICK.looping],
  ['HostSystemdServiceCrashed', SICK.failed],
  ['HostSystemdServiceCrashLooping', SICK.looping],
] as const;

/** What node_exporter has of systemd that fettle gives under the same names. */
const NODE_METRICS = [
  'node_systemd_unit_state',
  'node_systemd_unit_start_time_seconds',
  'node_systemd_unit_tasks_current',
  'node_systemd_unit_tasks_max',
  'node_systemd_service_restart_total',
  'node_systemd_timer_last_trigger_seconds',
  'node_systemd_socket_current_connections',
  'node_systemd_socket_accepted_connections_total',
  'node_systemd_socket_refused_connections_total',
  'node_systemd_system_running',
] as const;

/** Of units that do not run fettle has no limit; node_exporter reads it from the unit's file. */
const RUNNING: Readonly<Record<string, string>> = {
  node_systemd_unit_tasks_max: ' and on (name) node_systemd_unit_tasks_current{instance="node_exporter"}',
};

/** Sockets and restart counts are read in rounds of a minute. */
const PATIENCE_MS = 90_000;

describeStack("rules of the field on fettle's metrics", () => {
  let lab: Lab;
  let prometheus: Service;
  let recover = (): void => undefined;

  beforeAll(async () => {
    lab = await startLab();
    await addSickUnits(lab);
    const { url } = await startExporter(lab);
    const node = await startNodeExporter(lab);
    const configFile = join(lab.dir, 'prometheus.yml');
    writeFileSync(configFile, configOf(new URL(url).host, node));
    prometheus = await startPrometheus({ configFile, dir: lab.dir });
    await waitFor('all three are scraped', async () => {
      const up = await queryPrometheus(prometheus.url, 'up == 1');
      return up.length === 3 || undefined;
    });
    recover = await makeSick(lab);
  }, 120_000);
  afterAll(async () => {
    recover();
    await prometheus?.stop();
    await lab?.stop();
  });

  it('are read by Prometheus, all of them, and nobody has changed what they look for', async () => {
    const reply = await fetch(`${prometheus.url}/api/v1/rules`);
    const names = z
      .object({
        data: z.object({ groups: z.array(z.object({ rules: z.array(z.object({ name: z.string() })) })) }),
      })
      .parse(await reply.json())
      .data.groups.flatMap(({ rules }) => rules.map(({ name }) => name));
    expect(names.toSorted()).toEqual(EXPECTED.map(([name]) => name).toSorted());
  });

  it.each(EXPECTED)(
    'see what they are for: %s, of %s',
    async (alertname, unit) => {
      // Pending or firing, according to the rule's own time.
      const names = await waitFor(
        `${alertname} is about ${unit}`,
        async () => {
          const alerts = await queryPrometheus(
            prometheus.url,
            `ALERTS{alertname="${alertname}",instance="fettle"}`,
          );
          const found = alerts.map(({ metric }) => metric['name'] ?? '');
          return found.includes(unit) ? found : undefined;
        },
        { timeoutMs: PATIENCE_MS, everyMs: 500 },
      );
      const healthy = Object.values(SICK).filter((name) => name !== unit);
      if (!alertname.includes('Inactive')) expect(names.filter((name) => name === SICK.inactive)).toEqual([]);
      if (alertname.includes('Socket')) expect(names).not.toEqual(expect.arrayContaining(healthy));
    },
    PATIENCE_MS + 10_000,
  );

  describe('beside the real node_exporter', () => {
    it.each(NODE_METRICS)(
      'have every series that it has, with the same value: %s',
      async (metric) => {
        // Nobody asks both at the same moment, and one of the units restarts all the time.
        const theirs = `${metric}{instance="node_exporter",name!="${SICK.looping}"}${RUNNING[metric] ?? ''}`;
        const ours = `${metric}{instance="fettle",job="node"}`;
        const count = await queryPrometheus(prometheus.url, `count(${theirs})`);
        expect(count[0]?.value ?? 0).toBeGreaterThan(0);
        const on = 'on (name, state)';
        const odd = `((${theirs}) unless ${on} ${ours}) or ((${theirs}) != ${on} ${ours})`;
        await waitFor(
          `${metric} of both are the same`,
          async () => {
            const found = await queryPrometheus(prometheus.url, odd);
            if (found.length > 0) throw new Error(JSON.stringify(found.slice(0, 3)));
            return true;
          },
          { timeoutMs: PATIENCE_MS, everyMs: 1000 },
        );
      },
      PATIENCE_MS + 10_000,
    );
  });
});

/** The scrape configurations that MIGRATING.md gives, with another target. */
function configOf(fettle: string, nodeExporter: string): string {
  const page = readFileSync(new URL('../../docs/MIGRATING.md', import.meta.url), 'utf8');
  const documented = markdownBlocks(page)
    .filter(({ language, text }) => language === 'yaml' && text.startsWith('# prometheus.yml'))
    .flatMap(({ text }): readonly Record<string, unknown>[] => parse(text).scrape_configs);
  if (documented.length !== 2)
    throw new Error('MIGRATING.md has other scrape configurations than this test knows');
  const target = (host: string, instance: string) => [{ targets: [host], labels: { instance } }];
  return stringify({
    global: { scrape_interval: '1s', evaluation_interval: '1s' },
    rule_files: ['systemd-exporter', 'node-exporter'].map((name) =>
      fileURLToPath(new URL(`${name}.rules.yml`, import.meta.url)),
    ),
    scrape_configs: [
      ...documented.map((one) => ({ ...one, static_configs: target(fettle, 'fettle') })),
      { job_name: 'node-real', static_configs: target(nodeExporter, 'node_exporter') },
    ],
  });
}

/** Starts Debian's node_exporter in the lab with nothing but systemd, and gives where it listens. */
async function startNodeExporter(lab: Lab): Promise<string> {
  const program = await findNodeExporter();
  const address = `127.0.0.1:${await freePort()}`;
  const options = ['', '.enable-restarts-metrics', '.enable-task-metrics', '.enable-start-time-metrics'];
  lab.spawn(
    [
      program,
      '--collector.disable-defaults',
      ...options.map((name) => `--collector.systemd${name}`),
      `--web.listen-address=${address}`,
    ],
    { log: join(lab.dir, 'node-exporter.log') },
  );
  return address;
}
