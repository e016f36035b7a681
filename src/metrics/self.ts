import { getHeapStatistics } from 'node:v8';
import { Counter, collectDefaultMetrics, Gauge, Registry } from 'prom-client';
import type { Family } from './family.ts';
import { registryFamilies } from './registry.ts';

/** What fettle says about its own process. */
export interface SelfMetrics {
  families(): Promise<readonly Family[]>;
  /** Counts a request to the webhook by the status it was answered with. */
  countWebhook(status: number): void;
}

/** Default metrics of prom-client 15.1 whose names `promtool check metrics` objects to: gauges called `_total`. */
const MISNAMED = [
  'nodejs_active_resources_total',
  'nodejs_active_handles_total',
  'nodejs_active_requests_total',
];

/** Counts open files by listing them: 15 ms a scrape where thousands of cgroup files are kept open. */
const SLOW = 'process_open_fds';

/** As prom-client has them, which asks for the resident memory as well each time: half a millisecond a scrape. */
const HEAP = [
  ['nodejs_heap_size_total_bytes', 'Process heap size from Node.js in bytes.', 'total_heap_size'],
  ['nodejs_heap_size_used_bytes', 'Process heap size used from Node.js in bytes.', 'used_heap_size'],
  ['nodejs_external_memory_bytes', 'Node.js external memory size in bytes.', 'external_memory'],
] as const;

/** Metrics of this process: CPU, memory, event loop, version. */
export function createSelfMetrics(version: string, openFiles: () => number | undefined): SelfMetrics {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  for (const name of [...MISNAMED, SLOW, ...HEAP.map(([heap]) => heap)]) registry.removeSingleMetric(name);
  for (const [name, help, figure] of HEAP) {
    new Gauge({
      name,
      help,
      registers: [registry],
      collect() {
        this.set(getHeapStatistics()[figure]);
      },
    });
  }
  if (openFiles() !== undefined) {
    new Gauge({
      name: SLOW,
      help: 'Number of open file descriptors.',
      registers: [registry],
      collect() {
        this.set(openFiles() ?? 0);
      },
    });
  }
  new Gauge({
    name: 'fettle_build_info',
    help: 'Always 1; which fettle this is.',
    labelNames: ['version', 'node'],
    registers: [registry],
  }).set({ version, node: process.version }, 1);
  const webhook = new Counter({
    name: 'fettle_webhook_requests_total',
    help: 'Requests to the webhook by HTTP status.',
    labelNames: ['code'],
    registers: [registry],
  });
  return {
    families: () => registryFamilies(registry),
    countWebhook: (status) => webhook.inc({ code: String(status) }),
  };
}
