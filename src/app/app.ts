import type { Config } from '../config/config.ts';
import { startExporterHalf } from './exporter-half.ts';
import type { AppOptions, Half } from './half.ts';
import { startRemediatorHalf } from './remediator-half.ts';

/** A running fettle. */
export interface App {
  /** Takes another configuration over, all of it or nothing. Throws Failure `refused` if it cannot. */
  reload(config: Config): Promise<void>;
  stop(): Promise<void>;
}

/** Starts the halves that are asked for. Throws Failure if one cannot listen. */
export async function startApp(options: AppOptions): Promise<App> {
  const { only, log } = options;
  const halves: Half[] = [];
  const stop = async () => {
    for (const half of halves.splice(0).reverse()) await half.stop();
  };
  try {
    if (only !== 'remediator') halves.push(await startExporterHalf(options));
    if (only !== 'exporter') halves.push(await startRemediatorHalf(options));
  } catch (thrown) {
    await stop();
    throw thrown;
  }
  return {
    stop,
    async reload(config) {
      const commits = await Promise.all(halves.map((half) => half.prepare(config)));
      for (const commit of commits) commit();
      log.info({}, 'configuration reloaded');
    },
  };
}
