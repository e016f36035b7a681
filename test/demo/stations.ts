import type { LedgerEntry, Loop } from '../lab/loop.ts';
import { queryPrometheus } from '../lab/query.ts';
import { waitFor } from '../lab/wait.ts';
import type { Narrator } from './narrator.ts';

/** Stations come within seconds; a loop that stands still for this long is broken. */
const LIMIT = { timeoutMs: 60_000, everyMs: 25 };

/** Crashes the unit and tells every station of its way back, as each of them comes true. */
export async function tellLoop(loop: Loop, narrator: Narrator): Promise<void> {
  const { tell } = narrator;
  const { name } = loop.unit;
  narrator.begin();
  tell('crash', `kill -9 ${name}, as often as systemd restarts it`);
  await loop.unit.crash();
  tell(
    'failed',
    `systemd has restarted it ${(await loop.unit.property('NRestarts')) || 0} times and gives up`,
  );
  const starts = loop.unit.invocations().length;
  await tellAlert(loop, tell);
  await tellRepair(loop, tell, starts);
  const counter = await repairCounter(loop);
  narrator.say();
  narrator.say(`One crash, ${loop.unit.invocations().length - starts} restart: ${counter}`);
}

type Tell = Narrator['tell'];

/** What Prometheus and Alertmanager see. */
async function tellAlert(loop: Loop, tell: Tell): Promise<void> {
  const { url } = loop.prometheus;
  const { name } = loop.unit;
  const selector = `name="${name}",state="failed"`;
  await seen(`systemd_unit_state{${selector}} == 1`, loop);
  tell('scraped', `Prometheus has systemd_unit_state{${selector}} 1`);
  await seen(`ALERTS{alertname="UnitFailed",alertstate="pending",unit="${name}"}`, loop);
  tell('pending', 'the rule UnitFailed holds; Prometheus waits for a second evaluation');
  await seen(`ALERTS{alertname="UnitFailed",alertstate="firing",unit="${name}"}`, loop);
  tell('firing', `Prometheus sends the alert to Alertmanager (${url}/alerts)`);
}

/** What fettle writes into its ledger. */
async function tellRepair(loop: Loop, tell: Tell, starts: number): Promise<void> {
  const received = await entry(loop, 'received');
  tell('webhook', `fettle has the alert on its disk (intake ${received['id']}) and answers 200`);
  const started = await entry(loop, 'started');
  tell('decided', `policy ${started['policy']}: no rail objects; ${started['action']} ${started['unit']}`);
  await waitFor(
    'the unit starts again',
    () => (loop.unit.invocations().length > starts ? true : undefined),
    LIMIT,
  );
  tell(
    'restarted',
    `systemd has started it again (invocation ${loop.unit.invocations().at(-1)?.slice(0, 8)})`,
  );
  await Promise.all([
    entry(loop, 'finished').then(({ result, detail }) => tell('verified', `${result}: ${detail}`)),
    entry(loop, 'resolved').then(() => tell('resolved', 'Alertmanager says that the alert is over')),
  ]);
}

async function seen(expr: string, loop: Loop): Promise<void> {
  const found = async () =>
    (await queryPrometheus(loop.prometheus.url, expr)).length > 0 ? true : undefined;
  await waitFor(`Prometheus sees ${expr}`, found, LIMIT);
}

function entry(loop: Loop, event: string): Promise<LedgerEntry> {
  const found = () => loop.ledger().find((line) => line.event === event);
  return waitFor(`the ledger tells "${event}"`, found, LIMIT);
}

/** The counter of the repair, as the remediator's page shows it; it follows the ledger by a moment. */
function repairCounter(loop: Loop): Promise<string> {
  const counted = async () =>
    (await loop.metrics('remediator'))
      .split('\n')
      .find((line) => /^fettle_repair_steps_total.* [1-9]/.test(line));
  return waitFor('the repair is counted', counted, LIMIT);
}
