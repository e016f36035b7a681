import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { alertEntry, notificationBody } from '../fakes/notification-body.ts';
import { builtFettle } from '../lab/built.ts';
import type { LabProcess } from '../lab/inside.ts';
import type { Lab } from '../lab/lab.ts';
import type { LedgerEntry } from '../lab/loop.ts';
import type { NotingUnit } from '../lab/noting-unit.ts';
import { postWebhook } from '../lab/post-webhook.ts';
import { freePort } from '../lab/service-process.ts';
import { waitFor } from '../lab/wait.ts';

/** The built fettle in a lab, of which only the remediator is served. */
export interface LabFettle {
  readonly process: LabProcess;
  /** Its folder as the host sees it; the ledger is in there. */
  readonly folder: string;
  /** Status of the answer to an alert about a unit, which is a new one each time unless `again` says otherwise. */
  notify(unit: string, labels?: Readonly<Record<string, string>>): Promise<number>;
  notifyAgain(unit: string): Promise<number>;
  ledger(): readonly LedgerEntry[];
  /** Waits for the last line of the newest intake of a unit. */
  end(unit: string, timeoutMs?: number): Promise<LedgerEntry>;
  /** A page of it, and its status. */
  get(path: string): Promise<{ readonly status: number; readonly text: string }>;
  stop(): Promise<unknown>;
}

export interface LabFettleOptions {
  /** Names its folder in the lab, which may be there already. */
  readonly name: string;
  readonly allow: readonly string[];
  readonly env?: Record<string, string>;
  /** One step of its policy. */
  readonly step?: unknown;
  readonly isReady?: boolean;
}

const TOKEN = 'a-token-of-the-lab';

const LAST: readonly string[] = ['refused', 'rehearsed', 'ended'];

/** Starts one that restarts what has failed, and waits until it is ready, or listens if it is not to become ready. */
export async function startLabFettle(
  lab: Lab,
  { name, allow, env = {}, step = 'restart', isReady = true }: LabFettleOptions,
): Promise<LabFettle> {
  const inside = `/var/lib/${name}`;
  const folder = `${lab.root}${inside}`;
  const config = join(lab.dir, `${name}.yml`);
  const token = join(lab.dir, `${name}.token`);
  const port = await freePort();
  mkdirSync(folder, { recursive: true });
  writeFileSync(token, `${TOKEN}\n`, { mode: 0o600 });
  writeFileSync(
    config,
    JSON.stringify(configOf(port, { token, ledger: `${inside}/ledger.jsonl`, allow, step })),
  );
  const argv = [process.execPath, builtFettle(), 'serve', '--only', 'remediator', '-c', config];
  const fettle = lab.spawn(argv, { log: join(lab.dir, `${name}.log`), env });
  const url = `http://127.0.0.1:${port}`;
  const get = async (path: string) => {
    const reply = await fetch(`${url}${path}`);
    return { status: reply.status, text: await reply.text() };
  };
  const sent = new Map<string, object>();
  const ledger = () => {
    const file = join(folder, 'ledger.jsonl');
    if (!existsSync(file)) return [];
    return readFileSync(file, 'utf8')
      .split('\n')
      .slice(0, -1)
      .map((line): LedgerEntry => JSON.parse(line));
  };

  async function post(unit: string): Promise<number> {
    return (await postWebhook(url, notificationBody([sent.get(unit)]), TOKEN)).status;
  }

  try {
    await waitFor(
      'fettle listens',
      async () => ((await get('/-/ready')).status === 200) === isReady || undefined,
    );
  } catch (cause) {
    await fettle.stop();
    throw new Error(`fettle did not start:\n${fettle.readLog()}`, { cause });
  }
  return {
    process: fettle,
    folder,
    get,
    ledger,
    notifyAgain: post,
    notify(unit, labels = {}) {
      const fingerprint = (sent.size + 1).toString(16);
      const startsAt = new Date().toISOString();
      sent.set(
        unit,
        alertEntry({ labels: { alertname: 'UnitFailed', unit, ...labels }, fingerprint, startsAt }),
      );
      return post(unit);
    },
    end: (unit, timeoutMs = 30_000) =>
      waitFor(
        `the alert about ${JSON.stringify(unit)} has come to its end`,
        () => {
          const lines = ledger();
          const id = lines.findLast((line) => line.event === 'received' && line['unit'] === unit)?.['id'];
          return lines.find((line) => line['id'] === id && LAST.includes(line.event));
        },
        { timeoutMs },
      ),
    stop: () => fettle.stop(),
  };
}

/** JSON is YAML. Nothing but what a test is about keeps it from a repair. */
function configOf(
  port: number,
  given: {
    readonly token: string;
    readonly ledger: string;
    readonly allow: readonly string[];
    readonly step: unknown;
  },
): object {
  return {
    remediator: {
      listen: `127.0.0.1:${port}`,
      mode: 'enforce',
      token_file: given.token,
      ledger: given.ledger,
      budgets: { host: { concurrent: 4, limits: ['200 per 1h'] } },
      storm: { units: 1000 },
      defaults: { blame: { other_hands: '0s', packages: '0s', boot: '0s' } },
      policies: [
        {
          name: 'failed',
          when: ['alertname = "UnitFailed"'],
          unit: '{{ labels.unit }}',
          allow: given.allow,
          steps: [given.step],
          verify: { for: '1s', timeout: '10s' },
        },
      ],
    },
  };
}

/** Starts a service and kills it, and waits until systemd says that it has failed. */
export async function fail(lab: Lab, unit: NotingUnit): Promise<void> {
  await lab.run(['systemctl', 'start', unit.name]);
  await lab.run(['systemctl', 'kill', '--signal=KILL', unit.name]);
  await waitFor('it has failed', async () => (await unit.property('ActiveState')) === 'failed' || undefined);
}
