import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { builtFettle } from './built.ts';
import { addCrashingUnit, type CrashingUnit } from './crashing-unit.ts';
import { type Deployment, writeAlertmanagerConfig, writePrometheusConfig } from './deployed.ts';
import type { LabProcess } from './inside.ts';
import { type Lab, startLab } from './lab.ts';
import { discoveredAlertmanagers } from './query.ts';
import { freePort, type Service } from './service-process.ts';
import { startAlertmanager, startPrometheus } from './stack.ts';
import { waitFor } from './wait.ts';

/** The whole loop, real in every part: systemd, fettle, Prometheus, Alertmanager. */
export interface Loop {
  readonly lab: Lab;
  readonly unit: CrashingUnit;
  readonly fettle: LabProcess;
  readonly prometheus: Service;
  readonly alertmanager: Service;
  readonly exporterUrl: string;
  readonly remediatorUrl: string;
  readonly token: string;
  /** Lines of the ledger so far. */
  ledger(): readonly LedgerEntry[];
  /** Page of metrics of the exporter or the remediator. */
  metrics(half: 'exporter' | 'remediator'): Promise<string>;
  stop(): Promise<void>;
}

/** A line of the ledger, as any reader of the file would see it. */
export type LedgerEntry = Readonly<Record<string, unknown>> & { readonly event: string; readonly at: string };

/** What a loop may differ in. */
export interface LoopOptions {
  readonly mode: 'dry-run' | 'enforce';
  /** Ports to take if they are free. */
  readonly preferredPorts?: Readonly<
    Record<'exporter' | 'remediator' | 'prometheus' | 'alertmanager', number>
  >;
}

const TOKEN = 'a-token-of-the-lab';

/** Boots the lab and everything on it, and starts `comfyui@demo.service`; some seconds. */
export async function startLoop({ mode, preferredPorts }: LoopOptions): Promise<Loop> {
  const program = builtFettle();
  const lab = await startLab();
  const started: { stop(): Promise<unknown> }[] = [lab];
  const stop = async () => {
    for (const part of started.splice(0).reverse()) await part.stop();
  };
  try {
    const unit = await addCrashingUnit(lab, 'comfyui@demo.service');
    await unit.start();
    const deployment = await deploymentIn(lab, preferredPorts);
    const ledgerFile = join(lab.dir, 'ledger.jsonl');
    const configFile = join(lab.dir, 'fettle.yml');
    writeFileSync(deployment.tokenFile, `${TOKEN}\n`, { mode: 0o600 });
    writeFileSync(configFile, fettleConfig(deployment, ledgerFile, mode, unit.name));
    const fettle = lab.spawn([process.execPath, program, 'serve', '--config', configFile], {
      log: join(lab.dir, 'fettle.log'),
    });
    started.push(fettle);
    const exporterUrl = `http://127.0.0.1:${deployment.exporterPort}`;
    const remediatorUrl = `http://127.0.0.1:${deployment.remediatorPort}`;
    await ready(exporterUrl, fettle);
    await ready(remediatorUrl, fettle);
    const { alertmanager, prometheus } = await startWatchers(lab, deployment, started);
    return {
      lab,
      unit,
      fettle,
      prometheus,
      alertmanager,
      exporterUrl,
      remediatorUrl,
      token: TOKEN,
      ledger: () => readLedger(ledgerFile),
      async metrics(half) {
        return await (await fetch(`${half === 'exporter' ? exporterUrl : remediatorUrl}/metrics`)).text();
      },
      stop,
    };
  } catch (thrown) {
    await stop();
    throw thrown;
  }
}

async function deploymentIn(lab: Lab, preferred: LoopOptions['preferredPorts']): Promise<Deployment> {
  return {
    exporterPort: await freePort(preferred?.exporter),
    remediatorPort: await freePort(preferred?.remediator),
    alertmanagerPort: await freePort(preferred?.alertmanager),
    prometheusPort: await freePort(preferred?.prometheus),
    tokenFile: join(lab.dir, 'webhook-token'),
  };
}

async function startWatchers(lab: Lab, deployment: Deployment, started: { stop(): Promise<unknown> }[]) {
  const alertmanagerConfig = join(lab.dir, 'alertmanager.yml');
  const prometheusConfig = join(lab.dir, 'prometheus.yml');
  writeAlertmanagerConfig(alertmanagerConfig, deployment);
  writePrometheusConfig(prometheusConfig, deployment);
  const { dir } = lab;
  const alertmanager = await startAlertmanager({
    configFile: alertmanagerConfig,
    dir,
    port: deployment.alertmanagerPort,
  });
  started.push(alertmanager);
  const prometheus = await startPrometheus({
    configFile: prometheusConfig,
    dir,
    port: deployment.prometheusPort,
  });
  started.push(prometheus);
  await waitFor(
    'Prometheus knows its Alertmanager',
    async () => ((await discoveredAlertmanagers(prometheus.url)).length > 0 ? true : undefined),
    { timeoutMs: 20_000 },
  );
  return { alertmanager, prometheus };
}

/** One policy, which allows the one unit. */
function fettleConfig(
  { exporterPort, remediatorPort, tokenFile }: Deployment,
  ledger: string,
  mode: string,
  unit: string,
): string {
  return `exporter:
  listen: 127.0.0.1:${exporterPort}
remediator:
  listen: 127.0.0.1:${remediatorPort}
  mode: ${mode}
  token_file: ${tokenFile}
  ledger: ${ledger}
  # What was installed here before, and when the host was started, is of no matter to the lab.
  defaults: { blame: { packages: 0s, boot: 0s } }
  policies:
    - name: comfyui-failed
      when:
        - alertname = "UnitFailed"
      unit: "{{ labels.unit }}"
      allow: [${unit}]
      steps: [restart]
      cooldown: {base: 30s}
      verify: {for: 3s, timeout: 20s}
`;
}

function readLedger(file: string): readonly LedgerEntry[] {
  if (!existsSync(file)) return [];
  const lines = readFileSync(file, 'utf8').split('\n').slice(0, -1);
  return lines.map((line): LedgerEntry => JSON.parse(line));
}

async function ready(url: string, fettle: LabProcess): Promise<void> {
  try {
    await waitFor(`${url}/-/ready says yes`, async () =>
      (await fetch(`${url}/-/ready`)).ok ? true : undefined,
    );
  } catch (cause) {
    throw new Error(`fettle did not start:\n${fettle.readLog()}`, { cause });
  }
}
