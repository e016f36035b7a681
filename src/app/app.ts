import type { Config } from '../config/config.ts';
import type { AppOptions, Half } from './half.ts';

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
    for (const start of await startersOf(only)) halves.push(await start(options));
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

/** Loads the code of those halves alone that are wanted: memory is scarce where fettle runs. */
async function startersOf(only: AppOptions['only']) {
  const exporter = async () => (await import('./exporter-half.ts')).startExporterHalf;
  const remediator = async () => (await import('./remediator-half.ts')).startRemediatorHalf;
  const wanted =
    only === 'exporter' ? [exporter] : only === 'remediator' ? [remediator] : [exporter, remediator];
  return await Promise.all(wanted.map((load) => load()));
}
