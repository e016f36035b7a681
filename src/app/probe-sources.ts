import type { Collector } from '../collectors/collector.ts';
import { createProbeCollector } from '../collectors/probe.ts';
import type { Config } from '../config/config.ts';
import type { Log } from '../domain/log.ts';
import { systemClock } from '../host/clock.ts';
import type { ProbeDeps } from '../sources/probe/deps.ts';
import type { ProbeSource } from '../sources/probe/source.ts';

/** Probes, and the collector that tells what they find. */
export interface ProbeSources {
  readonly collector: Collector;
  /** Loads what other probes need, and gives what puts them in force. */
  prepare(config: Config): Promise<() => void>;
  /** Resolves when nothing is asked any more, and the programs of probes are gone. */
  stop(): Promise<void>;
}

/** Starts to ask the probes of a configuration. */
export async function startProbeSources(config: Config, log: Log): Promise<ProbeSources> {
  let source: ProbeSource | undefined;
  let deps: ProbeDeps | undefined;

  async function prepare({ probes, exporter: { procfs } }: Config): Promise<() => void> {
    // Only where there are any: TLS and HTTP clients take memory.
    if (probes.length === 0) return () => source?.replace([]);
    const [{ createProbeDeps }, { createProbe }, { startProbeSource }] = await Promise.all([
      import('./probe-deps.ts'),
      import('../sources/probe/factory.ts'),
      import('../sources/probe/source.ts'),
    ]);
    const given = deps ?? createProbeDeps(procfs);
    deps = given;
    const marked = probes.map((plan) => ({ mark: plan.mark, probe: createProbe(plan, given) }));
    return () => {
      source ??= startProbeSource([], { clock: systemClock, log, random: Math.random });
      source.replace(marked);
    };
  }

  (await prepare(config))();
  return {
    collector: createProbeCollector(() => source?.read() ?? []),
    prepare,
    async stop() {
      await source?.stop();
      await deps?.commandRuns.stop();
    },
  };
}
