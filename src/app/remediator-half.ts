import { randomUUID } from 'node:crypto';
import { dirname, join } from 'node:path';
import { createRemediatorCollector } from '../collectors/remediator.ts';
import { messageOf } from '../domain/errors.ts';
import { connectBus } from '../host/bus.ts';
import { systemClock } from '../host/clock.ts';
import { createEvidenceStore } from '../host/evidence-store.ts';
import { type AppendLog, openAppendLog } from '../host/files/append-log.ts';
import { readTokens } from '../host/files/tokens.ts';
import { pausePath, readPause } from '../host/pause-file.ts';
import { createMoment } from '../host/uptime.ts';
import { createTokenCheck, type TokenCheck } from '../http/auth.ts';
import { listen } from '../http/listener.ts';
import { createRemediatorApp } from '../http/remediator.ts';
import { bearerForWebhook } from '../http/web-config/bearer-for-webhook.ts';
import { createRehearsal } from '../managers/rehearsal.ts';
import { createSystemdManager } from '../managers/systemd.ts';
import { RAILS } from '../policy/rails.ts';
import { openLedger } from '../remediator/ledger.ts';
import { type Remediator, startRemediator } from '../remediator/remediator.ts';
import { type AppOptions, type Half, unchanged } from './half.ts';
import { createPage } from './page.ts';
import { openRemediatorReaders } from './remediator-readers.ts';

/**
 * Starts the acting half. Throws Failure `refused` if it cannot listen.
 *
 * A ledger that cannot be believed or written does not end fettle: notifications are answered with 503, which
 * Alertmanager sends again, and the exporter goes on.
 */
export async function startRemediatorHalf({
  config,
  web,
  version,
  busAddress,
  defaultLedger,
  log,
}: AppOptions): Promise<Half> {
  let { policySet, tokenFile } = config.remediator;
  let { probes } = config;
  let tokenCheck = await readTokenCheck(tokenFile);
  const manager = createSystemdManager(() => connectBus({ address: busAddress }));
  const ledgerPath = config.remediator.ledger ?? defaultLedger;
  const pauseFile = pausePath(ledgerPath);
  const store = createEvidenceStore(join(dirname(ledgerPath), 'evidence'));
  const readers = openRemediatorReaders({
    exporter: config.exporter,
    settings: () => policySet,
    probes: () => probes,
    pauseFile,
    busAddress,
    log,
  });
  let opened: OpenRemediator | undefined;
  let problem = 'the ledger is being read';

  // Read only once the listener listens: a second fettle must not touch the ledger of the first.
  async function openRemediator(): Promise<OpenRemediator> {
    const { log: file, torn } = await openAppendLog(ledgerPath);
    try {
      if (torn !== undefined)
        log.warn({ ledger: ledgerPath, torn }, 'cut a half-written line off the ledger');
      const moment = createMoment();
      const remediator = await startRemediator({
        ledger: await openLedger(file, moment),
        policies: () => policySet,
        rails: RAILS,
        manager,
        rehearsal: createRehearsal(manager),
        circumstances: readers.circumstances,
        witnesses: readers.witnesses,
        async evidence(id, step, unit, signal) {
          const evidence = await readers.evidence(unit, signal);
          await store.write(id, step, evidence);
          return evidence.hash;
        },
        pause: () => readPause(pauseFile, systemClock.now()),
        clock: systemClock,
        moment,
        createId: () => randomUUID().slice(0, 13),
        log,
      });
      return { remediator, file };
    } catch (thrown) {
      await file.close();
      throw thrown;
    }
  }

  const page = createPage([createRemediatorCollector(() => opened?.remediator.read())], version, log);
  const application = createRemediatorApp({
    version,
    metrics: page.scrape,
    remediator: () => opened?.remediator ?? problem,
    tokenCheck: () => tokenCheck,
    isUser: (request) => web?.isUser(request) ?? false,
    countWebhook: page.countWebhook,
    log,
  });
  const security = web?.listener(bearerForWebhook(() => tokenCheck));
  const listener = await listen(application, config.remediator.listen, security);
  const modes = policySet.policies.map(({ name, mode }) => `${name}: ${mode}`);
  log.info({ address: listener.address, ledger: ledgerPath, policies: modes }, 'remediator is listening');
  try {
    opened = await openRemediator();
  } catch (thrown) {
    problem = `not repairing: ${messageOf(thrown)}`;
    log.error({ err: messageOf(thrown) }, 'remediator cannot work; notifications are answered with 503');
  }

  return {
    async prepare(next) {
      unchanged('remediator.listen', config.remediator.listen, next.remediator.listen);
      unchanged('remediator.ledger', ledgerPath, next.remediator.ledger ?? defaultLedger);
      const nextCheck = await readTokenCheck(next.remediator.tokenFile);
      return () => {
        ({ policySet, tokenFile } = next.remediator);
        ({ probes } = next);
        tokenCheck = nextCheck;
      };
    },
    async stop() {
      await listener.close();
      await opened?.remediator.stop();
      await readers.stop();
      await opened?.file.close();
      manager.close();
    },
  };
}

interface OpenRemediator {
  readonly remediator: Remediator;
  readonly file: AppendLog;
}

async function readTokenCheck(file: string | undefined): Promise<TokenCheck | undefined> {
  return file === undefined ? undefined : createTokenCheck(await readTokens(file));
}
