import { join } from 'node:path';

/** Uses a GPU, says things in the journal, and goes on; its process stands for those of other managers, too. */
export const STEADY = 'comfyui@b.service';

/** Is killed, and comes back when it is repaired. */
export const WORKER = 'comfyui@a.service';
/** Fails however often it is repaired. */
export const HOPELESS = 'hopeless.service';

/** Comes back by itself whenever it is killed. */
export const FLAKY = 'flaky.service';

/** The configuration of both halves, with everything switched on. `dir` holds the files that it names. */
export function labConfig(
  dir: string,
  ports: { readonly exporterPort: number; readonly remediatorPort: number },
): object {
  const inside = (name: string) => join(dir, name);
  const status = { path: inside('runner.json'), max_age: '1h' };
  return {
    exporter: {
      listen: `127.0.0.1:${ports.exporterPort}`,
      sysfs: inside('sys'),
      machine: { filesystems: { exclude: '/(dev|proc|sys|tmp)(/.*)?' } },
      cgroup: { pressure: true, io: true },
      gpu: { nvidia: { path: inside('nvidia-smi'), interval: '1s' }, processes: true },
      journal: {
        patterns: [
          { name: 'model_load_failures', pattern: '(?i)failed to load model', units: ['comfyui@*'] },
        ],
      },
      launchd: { enabled: true, path: inside('launchctl'), domains: ['gui/501'], interval: '1s' },
    },
    daemons: [
      {
        name: 'runner',
        pid_file: inside('runner.pid'),
        status_file: {
          ...status,
          state: { pointer: '/state', one_of: ['idle'] },
          values: { queue_length: '/queue/length' },
        },
      },
    ],
    probes: [
      ...probesOf(ports.exporterPort, inside),
      { name: 'runner', interval: '1s', pidfile: { path: inside('runner.pid') } },
    ],
    remediator: remediatorOf(ports.remediatorPort, inside),
  };
}

function probesOf(port: number, inside: (name: string) => string): readonly object[] {
  const interval = '1s';
  const url = `http://127.0.0.1:${port}/-/healthy`;
  return [
    { name: 'web', unit: WORKER, interval, http: { url } },
    { name: 'gone', unit: HOPELESS, interval, tcp: { host: '127.0.0.1', port: 1 } },
    { name: 'license', interval, file: { path: inside('token') } },
    { name: 'models', interval, directory: { path: inside('sys'), glob: '*', min_free: '1KiB' } },
    { name: 'check', interval, command: { argv: ['/bin/true'] } },
  ];
}

function remediatorOf(port: number, inside: (name: string) => string): object {
  const policy = (name: string, unit: string, more: object) => ({
    name,
    when: ['alertname = "UnitFailed"', `unit = "${unit}"`],
    unit: '{{ labels.unit }}',
    allow: [unit],
    steps: ['restart', { give_up: { hold: '1s' } }],
    verify: { for: '1s', timeout: '5s' },
    cooldown: { base: '1s', max: '1s' },
    limits: ['100 per 1h'],
    ...more,
  });
  return {
    listen: `127.0.0.1:${port}`,
    mode: 'enforce',
    token_file: inside('token'),
    ledger: inside('ledger.jsonl'),
    budgets: { host: { concurrent: 2, limits: ['100 per 1h'] } },
    storm: { units: 100 },
    // What was installed here, when the host was started and who did what is of no matter to the scene.
    defaults: { blame: { packages: '0s', boot: '0s', other_hands: '0s' } },
    gates: { xid: false, max_celsius: 'off' },
    policies: [
      policy('worker', WORKER, {}),
      policy('steady', STEADY, {}),
      policy('hopeless', HOPELESS, {}),
      policy('rehearsed', 'exit-code.service', { mode: 'dry-run' }),
    ],
  };
}
