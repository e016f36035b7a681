import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { queryPrometheus } from '../../lab/query.ts';
import type { Service } from '../../lab/service-process.ts';
import { startPrometheus } from '../../lab/stack.ts';
import { repository } from '../../lab/unpack.ts';
import { waitFor } from '../../lab/wait.ts';
import { startLabHost } from './lab-host.ts';
import { startVmHost } from './vm-host.ts';

/** A fleet of two hosts, and a Prometheus with our rules that has seen something of everything. */
export interface Scene {
  readonly prometheus: Service;
  /** Lets more happen; units are seen as failed for so long before they are repaired. */
  happenSlowly(failedMs: number): Promise<void>;
  stop(): Promise<void>;
}

/** What has to have been seen before the dashboards are looked at. */
const SEEN = [
  'ALERTS{alertname="UnitFailed",alertstate="firing"}',
  'fettle_repairs_ended_total{ending="repaired"} > 0',
  'fettle_circuit_open == 1',
  'gpu_unit_memory_used_bytes',
  'gpu_unit_xid_errors_total > 0',
  'journal_pattern_matches_total > 0',
  'fettle_probe_success == 0',
  'launchd_job_state == 1',
  // Two scrapes of the slow host, so that there are rates.
  'rate(systemd_unit_cpu_throttled_periods_total[20s]) > 0',
] as const;

const SEEN_AGAIN = [
  'increase(fettle_repairs_ended_total{ending="repaired"}[1m]) > 0',
  'increase(fettle_repairs_ended_total{ending="exhausted"}[1m]) > 0',
  'fettle_decisions_total{decision="refuse"}',
] as const;

/** Boots both hosts, starts Prometheus, lets things happen, and waits until Prometheus has seen them; a minute or so. */
export async function startScene(): Promise<Scene> {
  const dir = mkdtempSync(`${tmpdir()}/fettle-scene-`);
  const started: { stop(): Promise<unknown> }[] = [];
  const stop = async () => {
    for (const part of started.splice(0).reverse()) await part.stop();
    rmSync(dir, { recursive: true, force: true });
  };
  try {
    const vm = await startVmHost();
    started.push(vm);
    const host = await startLabHost();
    started.push(host);
    const configFile = join(dir, 'prometheus.yml');
    writeFileSync(configFile, prometheusConfig(host, vm.exporterPort));
    const prometheus = await startPrometheus({ configFile, dir });
    started.push(prometheus);
    await seen(prometheus, 'count(up == 1) == 3');
    await host.happen();
    for (const expr of SEEN) await seen(prometheus, expr);
    await host.happenAgain();
    for (const expr of SEEN_AGAIN) await seen(prometheus, expr);
    return { prometheus, happenSlowly: host.happenSlowly, stop };
  } catch (thrown) {
    await stop();
    throw thrown;
  }
}

async function seen(prometheus: Service, expr: string): Promise<void> {
  await waitFor(
    `Prometheus has seen ${expr}`,
    async () => ((await queryPrometheus(prometheus.url, expr)).length > 0 ? true : undefined),
    { timeoutMs: 120_000 },
  );
}

/**
 * Both halves of a host are one instance, as a relabelling makes them.
 *
 * The processors of the virtual machine are emulated, so it is asked less often; in all else it is a host as others.
 */
function prometheusConfig(
  host: { readonly exporterPort: number; readonly remediatorPort: number },
  vmPort: number,
): string {
  const job = (name: string, instance: string, port: number, more: object = {}) => ({
    job_name: name,
    static_configs: [{ targets: [`127.0.0.1:${port}`], labels: { instance } }],
    ...more,
  });
  const slow = {
    scrape_interval: '5s',
    scrape_timeout: '5s',
    relabel_configs: [{ target_label: 'job', replacement: 'fettle' }],
  };
  return stringify({
    global: { scrape_interval: '2s', scrape_timeout: '2s', evaluation_interval: '2s' },
    rule_files: [join(repository, 'alerts/*.rules.yml')],
    scrape_configs: [
      job('fettle', 'lab', host.exporterPort),
      job('fettle-remediator', 'lab', host.remediatorPort),
      job('slow', 'vm', vmPort, slow),
    ],
  });
}
