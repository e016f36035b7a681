import type { LabExporter, Scraped } from '../lab/exporter.ts';
import type { Lab } from '../lab/lab.ts';
import type { Series } from '../metrics/text-format.ts';
import { countsOf } from './event-counts.ts';
import { losses } from './lost-series.ts';

/** A unit by which one knows how much of what systemd tells has reached the exporter. */
export interface Witness {
  /**
   * A page that tells of all that had happened before it was asked for: signals come one after another.
   *
   * The witness itself, which is restarted for it, has been looked at again as well, and lacks nothing there.
   */
  pageOfNow(): Promise<Scraped>;
}

const NAME = 'witness.service';

/** Adds the witness to a lab, and starts it. */
export async function addWitness(lab: Lab, exporter: LabExporter): Promise<Witness> {
  await lab.writeUnit(NAME, '[Unit]\nStartLimitIntervalSec=0\n[Service]\nExecStart=/bin/sleep infinity\n');
  await lab.run(['systemctl', 'start', NAME]);
  let starts = 1;
  const told = (isWhole: (page: Scraped) => boolean) =>
    exporter.until('the last start of the witness is counted, and it is told whole', (page) =>
      countsOf(page, NAME).activations === starts && isWhole(page) ? page : undefined,
    );
  const first = await told((page) => page.values('systemd_unit_tasks_current', { name: NAME }).length === 1);
  return {
    async pageOfNow() {
      await lab.run(['systemctl', 'restart', NAME]);
      starts += 1;
      return told((page) => losses(first, [page], isOfWitness).length === 0);
    },
  };
}

const isOfWitness = ({ labels }: Series): boolean => labels['name'] === NAME;
