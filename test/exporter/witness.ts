import type { LabExporter, Scraped } from '../lab/exporter.ts';
import type { Lab } from '../lab/lab.ts';
import { countsOf } from './event-counts.ts';

/** A unit by which one knows how much of what systemd tells has reached the exporter. */
export interface Witness {
  /** A page that tells of all that had happened before it was asked for: signals come one after another. */
  pageOfNow(): Promise<Scraped>;
}

const NAME = 'witness.service';

/** Adds the witness to a lab, and starts it. */
export async function addWitness(lab: Lab, exporter: LabExporter): Promise<Witness> {
  await lab.writeUnit(NAME, '[Unit]\nStartLimitIntervalSec=0\n[Service]\nExecStart=/bin/sleep infinity\n');
  await lab.run(['systemctl', 'start', NAME]);
  let starts = 1;
  const told = () =>
    exporter.until('the last start of the witness is counted', (page) =>
      countsOf(page, NAME).activations === starts ? page : undefined,
    );
  await told();
  return {
    async pageOfNow() {
      await lab.run(['systemctl', 'restart', NAME]);
      starts += 1;
      return told();
    },
  };
}
