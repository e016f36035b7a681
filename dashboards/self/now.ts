import { GREY, NEUTRAL, ORANGE_FROM_ONE, RED_FROM_ONE, RED_UNTIL_ONE, words, YES_NO } from '../colours.ts';
import { tile } from '../panels/tile.ts';
import { hostSeries, orElse, orZero, promql, whileAnswered } from '../promql.ts';

const OFF = words({ '-1': ['Off', GREY] });

/** The figures of the present, from left to right. */
export const tiles = () => [
  tile({
    title: 'Silent targets',
    description: 'Exporters and remediators that do not answer Prometheus now.',
    expr: promql`count(${hostSeries('up')} == 0) or 0 * count(${hostSeries('up')})`,
    look: { thresholds: RED_FROM_ONE },
  }),
  tile({
    title: 'systemd answers',
    description:
      'Whether the systemd of every chosen host talks to fettle. While one does not, there is no news of the units of that host.',
    expr: orElse(promql`min(${hostSeries('fettle_systemd_up')})`, whileAnswered(-1)),
    look: { thresholds: RED_UNTIL_ONE, mappings: [...YES_NO, ...OFF] },
  }),
  tile({
    title: 'Failing collectors',
    description: 'Collectors that could not read their subject in the last scrape; their series are missing.',
    expr: orZero(promql`count(${hostSeries('fettle_collector_success')} == 0)`),
    look: { thresholds: RED_FROM_ONE },
  }),
  tile({
    title: 'Longest hung read',
    description:
      'For how long a sensor, a card or a file system has not answered; 0 if all do. fettle asks it nothing more until it does.',
    expr: orZero(promql`max(${hostSeries('fettle_hung_read_seconds')})`),
    look: { thresholds: ORANGE_FROM_ONE },
    unit: 's',
  }),
  tile({
    title: 'Takes alerts',
    description:
      'Whether every remediator takes notifications: not while its ledger is being read, cannot be believed, or belongs to another fettle. "Off" where none is scraped.',
    expr: orElse(promql`min(${hostSeries('fettle_remediator_up')})`, whileAnswered(-1)),
    look: { thresholds: RED_UNTIL_ONE, mappings: [...YES_NO, ...OFF] },
  }),
  tile({
    title: 'Paused',
    description:
      'Remediators that do nothing because somebody has said so (`fettle pause`), or because that cannot be found out.',
    expr: orElse(promql`sum(${hostSeries('fettle_paused')})`, whileAnswered(-1)),
    look: { thresholds: ORANGE_FROM_ONE, mappings: OFF },
  }),
  tile({
    title: 'Ledger errors',
    description:
      'Lines that could not be written to the ledger in the time shown. fettle does nothing while that is so: is the disk full, or read-only?',
    expr: orElse(
      promql`sum(increase(${hostSeries('fettle_ledger_errors_total')}[$__range]))`,
      whileAnswered(-1),
    ),
    look: { thresholds: RED_FROM_ONE, mappings: OFF },
  }),
  tile({
    title: 'In work',
    description: 'Accepted alerts on which the last word has not been said.',
    expr: orElse(promql`sum(${hostSeries('fettle_repair_queue_length')})`, whileAnswered(-1)),
    look: { thresholds: NEUTRAL, mappings: OFF },
  }),
];
