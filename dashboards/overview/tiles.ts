import { GREY, NEUTRAL, ORANGE_FROM_ONE, RED_FROM_ONE, thresholds, words } from '../colours.ts';
import { tile } from '../panels/tile.ts';
import { alertSeries, hostSeries, orElse, orZero, promql, whileAnswered } from '../promql.ts';

/** The figures of the present, from left to right. */
export const tiles = () => [
  tile({
    title: 'Silent targets',
    description:
      'Exporters and remediators of fettle that do not answer Prometheus. Each is a host of which nothing is known, or one that repairs nothing.',
    expr: promql`count(${hostSeries('up')} == 0) or 0 * count(${hostSeries('up')})`,
    look: { thresholds: RED_FROM_ONE },
  }),
  tile({
    title: 'Failed units',
    description: 'Units that systemd has given up on. Each one needs a person, or a policy of fettle.',
    expr: orZero(promql`count(${hostSeries('systemd_unit_state', 'state="failed"')} == 1)`),
    look: { thresholds: RED_FROM_ONE },
  }),
  tile({
    title: 'Restarts in an hour',
    description:
      'Services that their manager restarted by itself in the last hour, all restarts together. More than a few of the same service are a crash loop: "Unit detail" shows which.',
    expr: orZero(promql`sum(increase(${hostSeries('unit_restarts_total')}[1h]))`),
    look: { thresholds: thresholds('green', [1, 'yellow'], [5, 'orange']) },
  }),
  tile({
    title: 'Failing probes',
    description:
      'Probes whose last question was not answered as it should be. Grey where none is configured.',
    expr: orElse(
      promql`count(${hostSeries('fettle_probe_success')} == 0) or 0 * count(${hostSeries('fettle_probe_success')})`,
      whileAnswered(-1),
    ),
    look: { thresholds: RED_FROM_ONE, mappings: words({ '-1': ['None', GREY] }) },
  }),
  tile({
    title: 'GPUs gone',
    description:
      'GPUs that should be there and are not, by the bus, the driver or the kernel log. Grey where there is no GPU.',
    expr: orElse(promql`sum(${hostSeries('gpu_lost')})`, whileAnswered(-1)),
    look: { thresholds: RED_FROM_ONE, mappings: words({ '-1': ['No GPU', GREY] }) },
  }),
  tile({
    title: 'Alerts',
    description:
      'Alerts of warning and critical severity that are firing now, from all rules of Prometheus that name these hosts.',
    expr: orZero(promql`count(${alertSeries('alertstate="firing"', 'severity=~"warning|critical"')})`),
    look: { thresholds: ORANGE_FROM_ONE },
  }),
  tile({
    title: 'Repaired',
    description:
      'Alerts in the time shown after which fettle acted, and the unit was proven to be well again. "Off" where no remediator is scraped.',
    expr: orElse(
      promql`sum(increase(${hostSeries('fettle_repairs_ended_total', 'ending="repaired"')}[$__range])) or 0 * max(${hostSeries('fettle_remediator_up')})`,
      whileAnswered(-1),
    ),
    look: { thresholds: NEUTRAL, mappings: words({ '-1': ['Off', GREY] }) },
  }),
  tile({
    title: 'Given up',
    description:
      'Units of which a policy has tried all steps in vain, and leaves them alone until its hold is over. Each needs a person. "Off" where no remediator is scraped.',
    expr: orElse(
      promql`sum(${hostSeries('fettle_circuit_open')}) or 0 * max(${hostSeries('fettle_remediator_up')})`,
      whileAnswered(-1),
    ),
    look: { thresholds: RED_FROM_ONE, mappings: words({ '-1': ['Off', GREY] }) },
  }),
];
