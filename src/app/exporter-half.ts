import { createExporterApp } from '../http/exporter.ts';
import { listen } from '../http/listener.ts';
import { startExporterSources } from './exporter-sources.ts';
import { refuseFixed } from './fixed-settings.ts';
import type { AppOptions, Half } from './half.ts';
import { createPage } from './page.ts';

/** Starts the reading half. Throws Failure `refused` if it cannot listen. */
export async function startExporterHalf(options: AppOptions): Promise<Half> {
  const { config, web, version, busAddress, stateFolder, log } = options;
  const sources = await startExporterSources(config, { busAddress, stateFolder }, log);
  const page = createPage(sources.collectors, version, log);
  const listener = await listen(
    createExporterApp({ version, metrics: page.scrape, unready: sources.unready, log }),
    config.exporter.listen,
    web?.listener(),
  ).catch(async (thrown: unknown) => {
    await sources.stop();
    throw thrown;
  });
  log.info({ address: listener.address }, 'exporter is listening');
  return {
    async prepare(next) {
      refuseFixed(config, next);
      return await sources.prepare(next);
    },
    async stop() {
      await listener.close();
      await sources.stop();
    },
  };
}
