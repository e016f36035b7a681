import { afterAll, beforeAll, expect, it } from 'vitest';
import { describeLab } from '../lab/describe-lab.ts';
import { type LabExporter, type Scraped, startExporter } from '../lab/exporter.ts';
import { type Lab, startLab } from '../lab/lab.ts';
import { eventCounts } from './event-counts.ts';
import { losses } from './lost-series.ts';
import { pagesDuring } from './pages-during.ts';

const RELOADS = 10;

/** Units of all kinds of pasts: whoever takes a reload for news counts them once more. */
const UNITS: Readonly<Record<string, string>> = {
  'runs.service': '[Service]\nExecStart=/bin/sleep infinity\n',
  'failed.service': '[Service]\nExecStart=/bin/false\n',
  'waits.service': '[Service]\nExecStart=/bin/false\nRestart=on-failure\nRestartSec=1h\n',
  'remains.service': '[Service]\nType=oneshot\nRemainAfterExit=yes\nExecStart=/bin/true\n',
  'timer.timer': '[Timer]\nOnCalendar=2099-01-01\nUnit=remains.service\n',
  'listens.socket': '[Socket]\nListenStream=/run/listens\nService=remains.service\n',
};

describeLab('the exporter, while systemd reloads', () => {
  let lab: Lab;
  let exporter: LabExporter;
  let before: Scraped;

  beforeAll(async () => {
    lab = await startLab();
    exporter = await startExporter(lab);
    for (const [name, text] of Object.entries(UNITS)) await lab.writeUnit(name, text);
    await lab.run(['systemctl', 'start', ...Object.keys(UNITS)], { check: false });
    before = await exporter.until('both failures are counted', (page) => {
      const counts = eventCounts(page);
      const failed = ['failed.service', 'waits.service'].map((name) => counts.get(name)?.failures);
      return failed.every((one) => one?.['exit-code'] === 1) ? page : undefined;
    });
  });
  afterAll(() => lab?.stop());

  const reload = async (verb: 'daemon-reload' | 'daemon-reexec') => {
    for (let count = 0; count < RELOADS; count += 1) await lab.run(['systemctl', verb]);
  };

  it.each(['daemon-reload', 'daemon-reexec'] as const)(
    `loses no series and counts nothing anew over ${RELOADS} times %s`,
    async (verb) => {
      const { pages } = await pagesDuring(exporter, () => reload(verb));
      expect(pages.length).toBeGreaterThan(RELOADS);
      expect(losses(before, pages)).toEqual([]);
      expect(pages.map(eventCounts)).toEqual(pages.map(() => eventCounts(before)));
    },
  );
});
