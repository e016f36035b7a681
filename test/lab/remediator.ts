import { chownSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { alertEntry, notificationBody } from '../fakes/notification-body.ts';
import { builtFettle } from './built.ts';
import type { LabProcess } from './inside.ts';
import type { Lab } from './lab.ts';
import type { LedgerEntry } from './loop.ts';
import { postWebhook } from './post-webhook.ts';
import { freePort } from './service-process.ts';
import type { LabUser } from './user.ts';
import { waitFor } from './wait.ts';

/** The built fettle in a lab, of which only the remediator is served. */
export interface LabRemediator {
  /** The configuration file, as the lab sees it. */
  readonly configFile: string;
  /** Starts it, and waits until it is ready. Once it has ended it can be started anew, on the same ledger. */
  start(): Promise<LabProcess>;
  /** Tells it, as Alertmanager would, that a unit has failed. */
  notify(unit: string): Promise<void>;
  /** Lines of the ledger so far. */
  ledger(): readonly LedgerEntry[];
  /** Waits for the last line of the newest intake of a unit. */
  end(unit: string): Promise<LedgerEntry>;
  /** What `GET /api/v1/repairs` says of a unit, newest first. */
  repairs(unit: string): Promise<readonly Readonly<Record<string, unknown>>[]>;
}

/** What it may restart, and as whom it runs. */
export interface LabRemediatorOptions {
  readonly units: readonly string[];
  /** Root if left out. */
  readonly user?: LabUser;
}

const TOKEN = 'a-token-of-the-lab';

const LAST_LINES: readonly string[] = ['refused', 'rehearsed', 'ended'];

/** Less than a test has: what was waited for is to be told. */
const LIMIT_MS = 40_000;

/** Configures one that restarts units when they have failed, in a folder of its own; it is not started yet. */
export async function addRemediator(lab: Lab, { units, user }: LabRemediatorOptions): Promise<LabRemediator> {
  const program = builtFettle();
  const port = await freePort();
  // Within the lab: what the host shares with it is for root alone.
  const folder = `/var/lib/fettle-${user?.name ?? 'root'}`;
  const inside = (name: string) => join(folder, name);
  const outside = (name: string) => join(`${lab.root}${folder}`, name);
  mkdirSync(outside(''), { mode: 0o700 });
  writeFileSync(outside('token'), `${TOKEN}\n`, { mode: 0o600 });
  writeFileSync(outside('fettle.yml'), JSON.stringify(configOf(port, inside, units)));
  if (user !== undefined) {
    for (const name of ['', 'token', 'fettle.yml']) chownSync(outside(name), user.uid, user.uid);
  }
  const url = `http://127.0.0.1:${port}`;
  const startsAt = new Date().toISOString();
  const argv = [...as(user), process.execPath, program, 'serve', '--only', 'remediator'];

  function ledger(): readonly LedgerEntry[] {
    if (!existsSync(outside('ledger.jsonl'))) return [];
    const lines = readFileSync(outside('ledger.jsonl'), 'utf8').split('\n').slice(0, -1);
    return lines.map((line): LedgerEntry => JSON.parse(line));
  }

  return {
    configFile: inside('fettle.yml'),
    async start() {
      const fettle = lab.spawn([...argv, '-c', inside('fettle.yml')], { log: join(lab.dir, 'fettle.log') });
      try {
        await waitFor('fettle is ready', async () => (await fetch(`${url}/-/ready`)).ok || undefined);
        return fettle;
      } catch (cause) {
        await fettle.stop();
        throw new Error(`fettle did not start:\n${fettle.readLog()}`, { cause });
      }
    },
    async notify(unit) {
      const fingerprint = Buffer.from(unit).toString('hex').slice(0, 32);
      const alert = alertEntry({ labels: { alertname: 'UnitFailed', unit }, fingerprint, startsAt });
      const { status } = await postWebhook(url, notificationBody([alert]), TOKEN);
      if (status !== 200) throw new Error(`the notification about ${unit} was answered with ${status}`);
    },
    ledger,
    end: (unit) =>
      waitFor(
        `the repair of ${unit} has come to its end`,
        () => {
          const lines = ledger();
          const id = lines.findLast((line) => line.event === 'received' && line['unit'] === unit)?.['id'];
          return lines.find((line) => line['id'] === id && LAST_LINES.includes(line.event));
        },
        { timeoutMs: LIMIT_MS },
      ),
    async repairs(unit) {
      const headers = { authorization: `Bearer ${TOKEN}` };
      const body: unknown = await (await fetch(`${url}/api/v1/repairs`, { headers })).json();
      const all: readonly Readonly<Record<string, unknown>>[] = Reflect.get(Object(body), 'repairs');
      return all.filter((one) => one['unit'] === unit);
    },
  };
}

function as(user: LabUser | undefined): readonly string[] {
  if (user === undefined) return [];
  const { uid } = user;
  const ids = ['--reuid', String(uid), '--regid', String(uid), '--clear-groups', '--no-new-privs'];
  return ['setpriv', ...ids, '--'];
}

/** JSON is YAML. Wide budgets, since a test has many repairs; the other rails are as usual. */
function configOf(port: number, inside: (name: string) => string, units: readonly string[]): object {
  return {
    remediator: {
      listen: `127.0.0.1:${port}`,
      mode: 'enforce',
      token_file: inside('token'),
      ledger: inside('ledger.jsonl'),
      budgets: { host: { concurrent: 4, limits: ['100 per 1h'] } },
      storm: { units: 100 },
      // What was installed here before, and when the host was started, is of no matter to the lab.
      defaults: { blame: { packages: '0s', boot: '0s' } },
      policies: [
        {
          name: 'failed',
          when: ['alertname = "UnitFailed"'],
          unit: '{{ labels.unit }}',
          allow: units,
          steps: ['restart'],
          verify: { for: '1s', timeout: '20s' },
        },
      ],
    },
  };
}
