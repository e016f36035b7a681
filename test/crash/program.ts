/**
 * Run by campaign.ts in the lab, with its orders as JSON: the remediator as src/app/remediator-half.ts puts it together,
 * without a listener. It takes one notification in, the alert's end too if that matters, and ends when all is quiet;
 * or it kills itself at its point.
 */
import { randomUUID } from 'node:crypto';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { openRemediatorReaders } from '../../src/app/remediator-readers.ts';
import { messageOf } from '../../src/domain/errors.ts';
import type { Log } from '../../src/domain/log.ts';
import type { Step } from '../../src/domain/step.ts';
import { connectBus, systemBusAddress } from '../../src/host/bus.ts';
import { systemClock } from '../../src/host/clock.ts';
import { createEvidenceStore } from '../../src/host/evidence-store.ts';
import { openAppendLog } from '../../src/host/files/append-log.ts';
import { pausePath, readPause } from '../../src/host/pause-file.ts';
import { createMoment } from '../../src/host/uptime.ts';
import { createRehearsal } from '../../src/managers/rehearsal.ts';
import { createSystemdManager } from '../../src/managers/systemd.ts';
import type { Intake } from '../../src/policy/history/intake.ts';
import { RAILS } from '../../src/policy/rails.ts';
import { openLedger } from '../../src/remediator/ledger.ts';
import { startRemediator } from '../../src/remediator/remediator.ts';
import { anAlert, aPolicy, aPolicySet, aRestart } from '../fakes/repairs.ts';
import { createDoom } from './doom.ts';
import type { Death, Story } from './points.ts';

/** What one life is to do. */
export interface Orders {
  readonly unit: string;
  readonly story: Story;
  readonly ledger: string;
  /** When the alert began, RFC 3339. */
  readonly startsAt: string;
  /** Undefined: it lives on. */
  readonly death?: Death;
}

const QUIET_EVERY_MS = 10;

/** A quiet moment that has not come by then never comes. */
const LIMIT_MS = 30_000;

const throttleTo = (share: number, waitSeconds: number): Step => ({
  action: 'throttle',
  limits: {
    cpuQuota: share,
    memoryHigh: Math.round(share * 64) * 1024 ** 2,
    cpuWeight: share * 100,
    ioWeight: share * 100,
  },
  waitSeconds,
  onlyIf: [],
});

const STEPS: Record<Story, readonly Step[]> = {
  restart: [aRestart()],
  'restart anyway': [aRestart({ evenIfActive: true })],
  throttle: [throttleTo(0.5, 60)],
  'throttle twice': [throttleTo(0.5, 0.2), throttleTo(0.25, 60)],
};

const { unit, story, ledger: path, startsAt, death }: Orders = JSON.parse(process.argv[2] ?? '');

/** What was installed here before, and when the host was started, is of no matter to the lab; the rest is as usual. */
const policies = aPolicySet([
  aPolicy({
    allow: [unit],
    steps: STEPS[story],
    verify: { holdSeconds: 0.3, timeoutSeconds: 20, probe: undefined, gpuMemoryFreed: false },
    blame: { otherHandsSeconds: 0, packagesSeconds: 0, bootSeconds: 0 },
  }),
]);

const write = (level: string) => (fields: object, message: string) =>
  void process.stderr.write(`${JSON.stringify({ level, message, ...fields })}\n`);
const log: Log = { error: write('error'), warn: write('warn'), info: write('info') };

async function main(): Promise<void> {
  const doom = createDoom(death);
  const { log: file } = await openAppendLog(path);
  const moment = createMoment();
  const busAddress = systemBusAddress();
  const systemd = createSystemdManager(async () => doom.bus(await connectBus({ address: busAddress })));
  const manager = doom.manager(systemd);
  const store = createEvidenceStore(join(dirname(path), 'evidence'));
  const pauseFile = pausePath(path);
  const readers = openRemediatorReaders({
    exporter: { procfs: '/proc', sysfs: '/sys', gpu: { nvidia: undefined, processes: false } },
    settings: () => policies,
    probes: () => [],
    pauseFile,
    busAddress,
    log,
  });
  const ledger = await openLedger(doom.log(file, path), moment);
  const remediator = await startRemediator({
    ledger,
    policies: () => policies,
    rails: RAILS,
    manager,
    rehearsal: createRehearsal(manager),
    circumstances: readers.circumstances,
    witnesses: readers.witnesses,
    evidence: doom.evidence(async (id, step, live, signal) => {
      const evidence = await readers.evidence(live, signal);
      await store.write(id, step, evidence);
      return evidence.hash;
    }),
    pause: () => readPause(pauseFile, systemClock.now()),
    clock: systemClock,
    moment,
    createId: () => randomUUID().slice(0, 13),
    log,
  });

  const alert = anAlert({ unit, fingerprint: unit, startsAt: new Date(startsAt) });
  await remediator.accept([alert]);
  if (policies.policies.some(({ steps }) => steps.some(({ action }) => action === 'throttle'))) {
    const { length } = STEPS[story];
    const isAtTheEnd = (one: Intake) => one.phase === 'waiting' && one.steps.length === length;
    await until(() => ledger.history.unended().every(isAtTheEnd));
    await remediator.accept([{ ...alert, status: 'resolved' }]);
  }
  await until(() => ledger.history.unended().length === 0 && ledger.history.toUndo().length === 0);
  process.stdout.write(JSON.stringify(remediator.recent(100)));
  await remediator.stop();
  await readers.stop();
  await file.close();
  systemd.close();
}

async function until(isSo: () => boolean): Promise<void> {
  const deadline = performance.now() + LIMIT_MS;
  while (!isSo()) {
    if (performance.now() > deadline) throw new Error(`it was not quiet within ${LIMIT_MS / 1000} s`);
    await sleep(QUIET_EVERY_MS);
  }
}

/** Whatever still runs: nobody waits for it. */
await main().catch((thrown: unknown) => {
  log.error({ err: messageOf(thrown) }, 'given up');
  process.exit(1);
});
