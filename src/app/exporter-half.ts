import { createCgroupCollector } from '../collectors/cgroup.ts';
import { createSystemdCollector } from '../collectors/systemd.ts';
import { createThermalCollector } from '../collectors/thermal.ts';
import { messageOf } from '../domain/errors.ts';
import { connectBus } from '../host/bus.ts';
import { bootSeconds, systemClock, yieldTurn } from '../host/clock.ts';
import { createKeptFiles } from '../host/kept-files.ts';
import { createExporterApp } from '../http/exporter.ts';
import { listen } from '../http/listener.ts';
import { createCgroupReader, layoutOf } from '../sources/cgroup/source.ts';
import { startSystemdSource } from '../sources/systemd/source.ts';
import { readThermalZones } from '../sources/thermal/source.ts';
import { type AppOptions, type Half, unchanged } from './half.ts';
import { createPage } from './page.ts';

/** Files of cgroups that are kept open: some ten for each of a thousand units and more. */
const KEPT_FILES = 20_000;

const CGROUP_ROOT = '/sys/fs/cgroup';

/** Starts the reading half. Throws Failure `refused` if it cannot listen. */
export async function startExporterHalf({ config, version, busAddress, log }: AppOptions): Promise<Half> {
  let { includesUnit } = config.exporter;
  const source = startSystemdSource({
    connect: () => connectBus({ address: busAddress }),
    includes: (name) => includesUnit(name),
    clock: systemClock,
    bootSeconds,
    log,
  });
  let settled = false;
  void source.settled.then(() => {
    settled = true;
  });
  const files = createKeptFiles(KEPT_FILES);
  const readCgroups = createCgroupReader({
    root: CGROUP_ROOT,
    layout: layoutOf(CGROUP_ROOT),
    families: config.exporter.cgroupFamilies,
    files,
    yieldTurn,
  });
  const { sysfs } = config.exporter;
  const page = createPage(
    [
      createSystemdCollector(source.read),
      createCgroupCollector(() => readCgroups(source.units())),
      createThermalCollector((signal) => readThermalZones(sysfs, signal)),
    ],
    version,
    log,
  );
  const unready = () => (settled ? undefined : 'the units have not been read yet');
  const listener = await listen(
    createExporterApp({ version, metrics: page.scrape, unready, log }),
    config.exporter.listen,
  ).catch((thrown: unknown) => {
    source.stop();
    throw thrown;
  });
  log.info({ address: listener.address }, 'exporter is listening');
  return {
    async prepare(next) {
      unchanged('exporter.listen', config.exporter.listen, next.exporter.listen);
      unchanged('exporter.sysfs', sysfs, next.exporter.sysfs);
      unchanged('exporter.cgroup', config.exporter.cgroupFamilies, next.exporter.cgroupFamilies);
      return () => {
        includesUnit = next.exporter.includesUnit;
        source
          .refresh()
          .catch((thrown: unknown) => log.warn({ err: messageOf(thrown) }, 'units could not be listed anew'));
      };
    },
    async stop() {
      source.stop();
      await listener.close();
      files.close();
    },
  };
}
