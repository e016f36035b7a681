import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { stringify } from 'yaml';
import { populate } from '../../exporter/population.ts';
import { fakeLaunchctl } from '../../fakes/launchctl.ts';
import { alertEntry, notificationBody } from '../../fakes/notification-body.ts';
import { builtFettle } from '../../lab/built.ts';
import { type Lab, startLab } from '../../lab/lab.ts';
import { postWebhook } from '../../lab/post-webhook.ts';
import { freePort } from '../../lab/service-process.ts';
import { waitFor } from '../../lab/wait.ts';
import { AGX_ORIN } from '../../sources/jetson/boards.ts';
import { gpuAddresses, gpuDocument, pciFiles } from './gpus.ts';
import { type ReplayedKernelLog, replayKernelLog, xidOf } from './kernel-log.ts';
import { FLAKY, HOPELESS, labConfig, STEADY, WORKER } from './lab-config.ts';

/** A host on which there is something of everything, with exporter and remediator. */
export interface LabHost {
  readonly lab: Lab;
  readonly exporterPort: number;
  readonly remediatorPort: number;
  /** Lets things happen that a dashboard tells: failures, restarts, repairs that help and that do not. */
  happen(): Promise<void>;
  /** Lets the repairs happen once more: a counter that is born at 1 has not increased. */
  happenAgain(): Promise<void>;
  /** Lets a service be restarted, and the repairs happen once more, of units that have been failed for a while. */
  happenSlowly(failedMs: number): Promise<void>;
  stop(): Promise<void>;
}

const TOKEN = 'a-token-of-the-lab';

/** Says something, and holds some memory. */
const WORKER_TEMPLATE = `[Service]
ExecStart=/bin/sh -c 'echo "<4>failed to load model"; head -c 48M /dev/zero | tail -c 48M | sleep infinity'
`;

const FLAKY_SERVICE = `[Unit]
StartLimitIntervalSec=0
[Service]
ExecStart=/bin/sleep infinity
Restart=always
`;

/** Sensors that a Jetson has not: trip points, a cooling device, a board's own, the throttling of a processor. */
const SENSORS = {
  'class/thermal/thermal_zone0/mode': 'enabled\n',
  'class/thermal/thermal_zone0/policy': 'step_wise\n',
  'class/thermal/thermal_zone0/trip_point_0_temp': '99000\n',
  'class/thermal/thermal_zone0/trip_point_0_type': 'passive\n',
  'class/thermal/thermal_zone0/trip_point_1_temp': '104500\n',
  'class/thermal/thermal_zone0/trip_point_1_type': 'critical\n',
  'class/thermal/cooling_device0/type': 'pwm-fan\n',
  'class/thermal/cooling_device0/cur_state': '1\n',
  'class/thermal/cooling_device0/max_state': '3\n',
  'class/hwmon/hwmon9/name': 'k10temp\n',
  'class/hwmon/hwmon9/temp1_input': '61250\n',
  'class/hwmon/hwmon9/temp1_label': 'Tctl\n',
  'class/hwmon/hwmon9/fan1_input': '1400\n',
  'devices/system/cpu/cpu0/thermal_throttle/core_throttle_count': '2\n',
  'devices/system/cpu/cpu0/thermal_throttle/package_throttle_count': '3\n',
} as const;

/** Boots the host and starts fettle on it. */
export async function startLabHost(): Promise<LabHost> {
  const launchctl = fakeLaunchctl('obeys', true);
  const launchd = dirname(launchctl.path);
  const lab = await startLab({ share: [launchd] });
  const stop = async () => {
    await lab.stop();
    launchctl.stop();
  };
  try {
    const population = await populate(lab);
    await lab.writeUnit('comfyui@.service', WORKER_TEMPLATE);
    await lab.writeUnit(HOPELESS, '[Service]\nExecStart=/bin/false\n');
    await lab.writeUnit(FLAKY, FLAKY_SERVICE);
    await lab.run(['systemctl', 'start', WORKER, STEADY, FLAKY]);
    await lab.run(['systemctl', 'start', HOPELESS], { check: false });
    for (const [label, job] of Object.entries(JOBS)) launchctl.load(`gui/501/${label}`, job);
    const pid = await mainPid(lab);
    put(join(launchd, 'gui/501/org.example.worker/pid'), pid);
    put(join(lab.dir, 'runner.pid'), `${pid}\n`);
    put(join(lab.dir, 'runner.json'), '{"state": "idle", "queue": {"length": 3}}');
    // fettle gives its children a clean environment.
    const wrapper = `#!/bin/sh\nFAKE_LAUNCHD='${launchd}' exec '${launchctl.path}' "$@"\n`;
    writeFileSync(join(lab.dir, 'launchctl'), wrapper, { mode: 0o755 });
    const machine = writeMachine(lab, pid);
    const ports = { exporterPort: await freePort(), remediatorPort: await freePort() };
    const config = labConfig(lab.dir, ports);
    writeFileSync(join(lab.dir, 'token'), `${TOKEN}\n`, { mode: 0o600 });
    writeFileSync(join(lab.dir, 'fettle.yml'), stringify(config));
    const fettle = lab.spawn([process.execPath, builtFettle(), 'serve', '-c', join(lab.dir, 'fettle.yml')], {
      log: join(lab.dir, 'fettle.log'),
    });
    for (const port of Object.values(ports)) {
      await waitFor(
        'fettle is ready',
        async () => ((await fetch(`http://127.0.0.1:${port}/-/ready`)).ok ? true : undefined),
        { timeoutMs: 60_000 },
      ).catch((cause: unknown) => {
        throw new Error(`fettle did not start:\n${fettle.readLog()}`, { cause });
      });
    }
    return {
      lab,
      ...ports,
      async happen() {
        await population.changeUntold();
        machine.kernelLog.say(xidOf(pid, machine.gpu));
        await repair(lab, ports.remediatorPort);
        await notify(ports.remediatorPort, ['exit-code.service', 'unmatched.service']);
        await told(lab, 'rehearsed', 1);
      },
      async happenAgain() {
        await repair(lab, ports.remediatorPort);
        // It is well.
        await notify(ports.remediatorPort, [STEADY]);
        await told(lab, 'refused', 1);
      },
      async happenSlowly(failedMs) {
        await lab.run(['systemctl', 'kill', '-s', 'KILL', FLAKY]);
        await repair(lab, ports.remediatorPort, failedMs);
      },
      async stop() {
        population.release();
        await stop();
      },
    };
  } catch (thrown) {
    await stop();
    throw thrown;
  }
}

const JOBS = {
  'org.example.worker': { behaviour: 'runs', runs: 2 },
  'org.example.broken': { behaviour: 'config', runs: 7, exit: 78, rest: 'spawn scheduled' },
  'org.example.killed': { behaviour: 'runs', runs: 1, signal: 9 },
} as const;

async function mainPid(lab: Lab): Promise<string> {
  const { stdout } = await lab.run(['systemctl', 'show', '-P', 'MainPID', STEADY]);
  return stdout.trim();
}

/** What the machine beneath would be: GPUs, sensors, a kernel log. */
function writeMachine(
  lab: Lab,
  pid: string,
): { readonly kernelLog: ReplayedKernelLog; readonly gpu: string } {
  const document = gpuDocument(pid);
  const addresses = gpuAddresses(document);
  const sysfs = Object.assign({}, SENSORS, ...addresses.map(pciFiles));
  for (const [name, text] of Object.entries(sysfs)) put(join(lab.dir, 'sys', name), String(text));
  for (const [name, text] of Object.entries(AGX_ORIN)) {
    put(name.startsWith('sys/') ? join(lab.dir, name) : join(lab.root, name), text);
  }
  put(join(lab.dir, 'document.xml'), document);
  const script = `#!/bin/sh\nexec cat '${join(lab.dir, 'document.xml')}'\n`;
  writeFileSync(join(lab.dir, 'nvidia-smi'), script, { mode: 0o755 });
  return { kernelLog: replayKernelLog(lab), gpu: addresses[0] ?? '' };
}

function put(file: string, text: string): void {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
}

/** Two units fail, of which one can be repaired. */
async function repair(lab: Lab, port: number, failedMs = 0): Promise<void> {
  const before = await timesTold(lab, 'ended');
  await lab.run(['systemctl', 'kill', '-s', 'KILL', WORKER]);
  await lab.run(['systemctl', 'start', HOPELESS], { check: false });
  await new Promise((resolve) => setTimeout(resolve, failedMs));
  await notify(port, [WORKER, HOPELESS]);
  await told(lab, 'ended', before + 2);
}

async function notify(port: number, units: readonly string[]): Promise<void> {
  const startsAt = new Date().toISOString();
  const alerts = units.map((unit) => {
    const fingerprint = Buffer.from(unit).toString('hex').slice(0, 32);
    return alertEntry({ labels: { alertname: 'UnitFailed', unit }, fingerprint, startsAt });
  });
  const { status } = await postWebhook(`http://127.0.0.1:${port}`, notificationBody(alerts), TOKEN);
  if (status !== 200) throw new Error(`the notification was answered with ${status}`);
}

async function told(lab: Lab, event: string, count: number): Promise<void> {
  await waitFor(
    `the ledger tells ${count} times of "${event}"`,
    async () => ((await timesTold(lab, event)) >= count ? true : undefined),
    { timeoutMs: 120_000 },
  );
}

async function timesTold(lab: Lab, event: string): Promise<number> {
  const ledger = join(lab.dir, 'ledger.jsonl');
  const { stdout } = await lab.run(['grep', '-c', `"event":"${event}"`, ledger], { check: false });
  return Number(stdout);
}
