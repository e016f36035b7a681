import { GREY, NEUTRAL, ORANGE_FROM_ONE, RED_FROM_ONE, words } from '../colours.ts';
import { statPanel } from '../panels/stat.ts';
import { hostSeries, orElse, orZero, promql, unitSeries, whileAnswered } from '../promql.ts';
import { STATE_NUMBERS, stateNumber } from './states.ts';

/** How a unit is called in legends. */
export const UNIT_ON_HOST = '{{name}} ({{instance}})';

const tile = { width: 4, height: 4 } as const;

/** The state of the worst of the chosen units. */
export const stateNow = () =>
  statPanel(
    {
      title: 'State',
      description:
        'The state that systemd tells of the chosen unit. Of several units, that of the one that is worst: failed before all others, active last.',
      unit: 'none',
      size: tile,
      none: 'No unit of systemd',
    },
    [{ expr: promql`max(${stateNumber()} != 2) or max(${stateNumber()})`, legend: '' }],
    { thresholds: NEUTRAL, mappings: STATE_NUMBERS, text: 'value' },
  );

/** For how long the youngest of the chosen services has been running. */
export const runningFor = () =>
  statPanel(
    {
      title: 'Running for',
      description:
        'Time since the service was last started; of several services, since the newest start. A few seconds whenever you look is a crash loop. "Not running" may be as it should: services that run once, or are started on demand.',
      unit: 'dtdurations',
      size: tile,
    },
    [
      {
        expr: orElse(promql`time() - max(${unitSeries('unit_start_time_seconds')})`, whileAnswered(-1)),
        legend: '',
      },
    ],
    { thresholds: NEUTRAL, mappings: words({ '-1': ['Not running', GREY] }), text: 'value' },
  );

/** How often the managers restarted the chosen services in the time shown. */
export const restartsNow = () =>
  statPanel(
    {
      title: 'Automatic restarts',
      description:
        'How often the service manager (systemd, launchd, or for a daemon whoever started it anew) restarted the chosen services in the time shown. Restarts by hand do not count with systemd.',
      unit: 'short',
      size: tile,
    },
    [{ expr: orZero(promql`sum(increase(${unitSeries('unit_restarts_total')}[$__range]))`), legend: '' }],
    { thresholds: ORANGE_FROM_ONE, text: 'value' },
  );

/** How many runs of the chosen units failed in the time shown. */
export const failuresNow = () =>
  statPanel(
    {
      title: 'Failed runs',
      description:
        'Runs of the chosen units that failed in the time shown, also those after which systemd restarted the unit so fast that no scrape saw it fail.',
      unit: 'short',
      size: tile,
    },
    [
      {
        expr: orZero(promql`sum(increase(${unitSeries('systemd_unit_failures_total')}[$__range]))`),
        legend: '',
      },
    ],
    { thresholds: RED_FROM_ONE, text: 'value' },
  );

/** How many runs of the chosen units ended for want of memory in the time shown. */
export const outOfMemory = () =>
  statPanel(
    {
      title: 'Killed for want of memory',
      description:
        "Runs of the chosen units that ended in the time shown because the kernel killed a process of theirs. Compare the panel of memory: the unit's own limit, or that of the machine?",
      unit: 'short',
      size: tile,
    },
    [
      {
        expr: orZero(promql`sum(increase(${unitSeries('systemd_unit_oom_kills_total')}[$__range]))`),
        legend: '',
      },
    ],
    { thresholds: RED_FROM_ONE, text: 'value' },
  );

/** Whether fettle has given one of the chosen units up. */
export const givenUp = () =>
  statPanel(
    {
      title: 'Given up by fettle',
      description:
        'Policies that have tried all their steps on a chosen unit in vain, and leave it alone until their hold is over. Such a unit needs a person. "No remediator" where none is scraped.',
      unit: 'short',
      size: tile,
      none: 'No remediator',
    },
    [
      {
        expr: promql`sum(${hostSeries('fettle_circuit_open', 'unit=~"$name"')}) or 0 * max(${hostSeries('fettle_remediator_up')})`,
        legend: '',
      },
    ],
    { thresholds: RED_FROM_ONE, text: 'value' },
  );
