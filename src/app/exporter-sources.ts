import type { Collector } from '../collectors/collector.ts';
import { createCommonUnitCollector } from '../collectors/common-unit.ts';
import type { Config } from '../config/config.ts';
import type { Log } from '../domain/log.ts';
import { systemClock } from '../host/clock.ts';
import { startJournalSources } from './journal-sources.ts';
import { startMachineSources } from './machine-sources.ts';
import { startManagerSources } from './manager-sources.ts';
import { startProbeSources } from './probe-sources.ts';
import { startSystemdSources } from './systemd-sources.ts';

/** Everything that the exporter reads, and the collectors that tell it. */
export interface ExporterSources {
  readonly collectors: readonly Collector[];
  /** Why the page is not complete yet, or undefined. */
  unready(): string | undefined;
  /** Prepares what can change without a restart, and gives what puts it in force. Throws Failure `refused`. */
  prepare(next: Config): Promise<() => void>;
  stop(): Promise<void>;
}

/** Where things are that no configuration says. */
export interface ExporterPlaces {
  readonly busAddress: string;
  /** Folder of what must last. */
  readonly stateFolder: string;
}

/** For so long units are read first, and GPUs only then. */
const UNITS_FIRST_MS = 2000;

/** Starts to read what the configuration wants. */
export async function startExporterSources(
  config: Config,
  { busAddress, stateFolder }: ExporterPlaces,
  log: Log,
): Promise<ExporterSources> {
  const { exporter, daemons } = config;
  const stopping = new AbortController();
  const hasSystemd = exporter.systemd ?? process.platform !== 'darwin';
  const systemd = hasSystemd ? startSystemdSources(exporter, busAddress, log) : undefined;
  const unitsRead = systemd?.settled ?? Promise.resolve();
  const patience = systemClock.sleep(UNITS_FIRST_MS, stopping.signal).catch(() => undefined);
  const machine = startMachineSources(exporter, log, Promise.race([unitsRead, patience]));
  const journal = startJournalSources(exporter, stateFolder, log);
  const managers = startManagerSources({ ...exporter, daemons }, log);
  const probes = await startProbeSources(config, log);
  let settled = false;
  void unitsRead.then(() => {
    settled = true;
  });

  async function commonUnits() {
    const own = exporter.commonUnits ? await systemd?.units() : [];
    return [...(own ?? []), ...managers.units()];
  }

  return {
    collectors: [
      ...(systemd?.collectors ?? []),
      createCommonUnitCollector(commonUnits),
      ...machine.collectors,
      ...journal.collectors,
      ...managers.collectors,
      probes.collector,
    ],
    unready: () => (settled ? undefined : 'the units have not been read yet'),
    async prepare(next) {
      const takeProbes = await probes.prepare(next);
      return () => {
        systemd?.include(next.exporter.includesUnit);
        takeProbes();
      };
    },
    async stop() {
      stopping.abort();
      systemd?.stop();
      managers.stop();
      await Promise.all([machine.stop(), journal.stop(), probes.stop()]);
    },
  };
}
