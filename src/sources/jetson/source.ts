import type { JetsonPowerMode, JetsonReading } from '../../domain/jetson.ts';
import type { SlowFiles } from '../../host/slow/slow-files.ts';
import { sysfsFolder } from '../../host/slow/sysfs.ts';
import { readJetsonGpus } from './gpu.ts';
import { parsePowerMode } from './power-mode.ts';
import { readRails } from './rails.ts';

/** Where a Jetson's files are. */
export interface JetsonPlaces {
  /** Where sysfs is mounted, as in `/sys`. */
  readonly sysfs: string;
  /** Root of the system's files: empty for that of the machine itself. */
  readonly root: string;
  readonly files: SlowFiles;
}

/**
 * What this machine tells of itself as a Jetson; undefined on any other.
 *
 * Everything is looked for each time: drivers come up late. Throws Failure `unreadable`.
 */
export async function readJetson({ sysfs, root, files }: JetsonPlaces): Promise<JetsonReading | undefined> {
  const tree = sysfsFolder(files, `${sysfs}/firmware/devicetree/base`);
  if (!(await tree.text('compatible'))?.includes('nvidia,tegra')) return undefined;
  const model = (await tree.text('model'))?.replace(/\0/g, '') ?? '';
  const [gpus, rails, powerMode, emcUtilization] = await Promise.all([
    readJetsonGpus(sysfs, files, model),
    readRails(sysfs, files),
    readPowerMode(root, files),
    readEmcUtilization(sysfs, files),
  ]);
  const locked = gpus.map(({ clocksLocked }) => clocksLocked).filter((one) => one !== undefined);
  return {
    gpus: gpus.map(({ reading }) => reading),
    rails,
    powerMode,
    clocksLocked: locked.length === 0 ? undefined : locked.every(Boolean),
    emcUtilization,
  };
}

async function readPowerMode(root: string, files: SlowFiles): Promise<JetsonPowerMode | undefined> {
  const [status, configuration] = await Promise.all([
    sysfsFolder(files, `${root}/var/lib/nvpmodel`).text('status'),
    sysfsFolder(files, `${root}/etc`).text('nvpmodel.conf'),
  ]);
  return status === undefined ? undefined : parsePowerMode(status, configuration ?? '');
}

/** Average activity of the memory's controller in kHz, by the age of the kernel. */
const ACTIVITY_FILES = ['debug/cactmon/mc_all', 'actmon_avg_activity/mc_all'];

/** The share of the memory's clock in which it was at work. Debugfs is for root alone. */
async function readEmcUtilization(sysfs: string, files: SlowFiles): Promise<number | undefined> {
  const kernel = sysfsFolder(files, `${sysfs}/kernel`);
  const [newer, older, rate] = await Promise.all([
    ...ACTIVITY_FILES.map((name) => kernel.number(name, 1000)),
    kernel.number('debug/bpmp/debug/clk/emc/rate'),
  ]);
  const active = newer ?? older;
  if (active === undefined || rate === undefined || rate <= 0) return undefined;
  const share = active / rate;
  return share >= 0 && share <= 1 ? share : undefined;
}
