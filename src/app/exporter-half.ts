import type { ExporterConfig } from '../config/config.ts';
import { createExporterApp } from '../http/exporter.ts';
import { listen } from '../http/listener.ts';
import { startExporterSources } from './exporter-sources.ts';
import { type AppOptions, type Half, unchanged } from './half.ts';
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
      for (const [setting, of] of FIXED) {
        unchanged(`exporter.${setting}`, of(config.exporter), of(next.exporter));
      }
      unchanged('daemons', config.daemons, next.daemons);
      return await sources.prepare(next);
    },
    async stop() {
      await listener.close();
      await sources.stop();
    },
  };
}

/** What only a restart can change. */
const FIXED: readonly (readonly [string, (config: ExporterConfig) => unknown])[] = [
  ['listen', ({ listen }) => listen],
  ['sysfs', ({ sysfs }) => sysfs],
  ['procfs', ({ procfs }) => procfs],
  ['hwmon', ({ hwmon }) => hwmon],
  ['kernel_log', ({ kernelLog }) => kernelLog],
  ['journal', ({ journal }) => journal],
  ['launchd', ({ launchd }) => launchd],
  ['gpu', ({ gpu }) => JSON.stringify(gpu)],
  ['machine.enabled', ({ machine }) => machine !== undefined],
  ['machine.filesystems.remote', ({ machine }) => machine?.remoteFileSystems],
  ['cgroup', ({ cgroupFamilies, slices }) => [cgroupFamilies, slices]],
  ['systemd.unit_state', ({ unitState }) => unitState],
  ['systemd.systemd_exporter_types', ({ oldTypes }) => oldTypes],
  ['systemd.common', ({ commonUnits }) => commonUnits],
  ['systemd.private', ({ privateSocket }) => privateSocket],
  ['systemd.resolved', ({ resolved }) => resolved],
  ['systemd.users', ({ users }) => users],
];
