import { GREY, NEUTRAL, ORANGE_FROM_ONE, RED_FROM_ONE, thresholds, words } from '../colours.ts';
import { statPanel } from '../panels/stat.ts';
import { type Expression, hostSeries, orElse, orZero, promql, whileAnswered } from '../promql.ts';
import { probeSeries } from './series.ts';

/** Certificates that end within so many days are counted. */
const DAYS = 21;

const tile = { width: 3, height: 4 } as const;

/** How many probes there are. */
export const probes = () =>
  statPanel(
    {
      title: 'Probes',
      description:
        'Questions that fettle asks services, files and programs on a schedule. 0: none is configured (section "probes" of the configuration).',
      unit: 'short',
      size: tile,
    },
    [now(orZero(promql`count(increase(${probeSeries('fettle_probe_runs_total')}[$__rate_interval]))`))],
    { thresholds: NEUTRAL, text: 'value' },
  );

/** How many probes fail. */
export const failing = () =>
  statPanel(
    {
      title: 'Fail now',
      description:
        'Probes whose last answer was not as it should be. The service may well run and be of no use: "fettle probe NAME" on the host asks it by hand and explains the answer.',
      unit: 'short',
      size: tile,
    },
    [now(orZero(promql`count(${probeSeries('fettle_probe_success')} == 0)`))],
    { thresholds: RED_FROM_ONE, text: 'value' },
  );

/** How many probes have no result that is new enough. */
export const silent = () =>
  statPanel(
    {
      title: 'Without a result',
      description:
        'Probes that have no result, or none that is new enough to be believed. Some seconds after a start this is normal; later the machine is overloaded, or what is probed hangs so that nobody can wait for it.',
      unit: 'short',
      size: tile,
    },
    [
      now(
        orZero(
          promql`count(increase(${probeSeries('fettle_probe_runs_total')}[$__rate_interval]) unless ${probeSeries('fettle_probe_success')})`,
        ),
      ),
    ],
    { thresholds: ORANGE_FROM_ONE, text: 'value' },
  );

/** How many questions were answered as they should be. */
export const answered = () =>
  statPanel(
    {
      title: 'Answered well',
      description:
        'Share of all questions in the time shown that were answered as they should be, over all chosen probes. Choose 30 days above and compare with what you have promised; 99.9 % are 43 minutes of failure in 30 days.',
      unit: 'percentunit',
      size: tile,
    },
    [
      now(
        orElse(
          promql`1 - sum(increase(${probeSeries('fettle_probe_failures_total')}[$__range]))
  / (sum(increase(${probeSeries('fettle_probe_runs_total')}[$__range])) > 0)`,
          whileAnswered(-1),
        ),
      ),
    ],
    {
      thresholds: thresholds('red', [0.99, 'orange'], [0.999, 'green']),
      mappings: words({ '-1': ['No probe', GREY] }),
      decimals: 2,
      text: 'value',
    },
  );

/** How many certificates end soon. */
export const certificates = () =>
  statPanel(
    {
      title: 'Certificates end',
      description: `Certificates that end within ${DAYS} days, or have ended, as probes over TLS have seen them. The table says which. What renews them by itself does so about 30 days before the end: what is counted here was not renewed.`,
      unit: 'short',
      size: tile,
    },
    [
      now(
        orZero(
          promql`count(${probeSeries('fettle_probe_certificate_expiry_timestamp_seconds')} - time() < ${DAYS * 86_400})`,
        ),
      ),
    ],
    { thresholds: ORANGE_FROM_ONE, text: 'value' },
  );

/** How many messages of errors there were. */
export const errors = () =>
  statPanel(
    {
      title: 'Errors in the journal',
      description:
        'Messages of the priorities emerg, alert, crit and err in the time shown, of all units. "Not read" where nobody reads the journal: it is off unless there are patterns, or exporter.journal.enabled is true.',
      unit: 'short',
      size: tile,
    },
    [
      now(
        orElse(
          promql`sum(increase(${hostSeries('journal_messages_total', 'priority=~"emerg|alert|crit|err"')}[$__range]))
  or max(${hostSeries('journal_reader_up')} == 1) * 0`,
          whileAnswered(-1),
        ),
      ),
    ],
    { thresholds: NEUTRAL, mappings: words({ '-1': ['Not read', GREY] }), text: 'value' },
  );

/** How many times the kernel killed for want of memory. */
export const outOfMemory = () =>
  statPanel(
    {
      title: 'Killed for memory',
      description:
        'Processes that the kernel killed for want of memory in the time shown. Each has lost its work, and perhaps a model that took minutes to load. "Not read" where fettle may not read the kernel log.',
      unit: 'short',
      size: tile,
    },
    [
      now(
        orElse(promql`sum(increase(${hostSeries('kernel_oom_kills_total')}[$__range]))`, whileAnswered(-1)),
      ),
    ],
    { thresholds: RED_FROM_ONE, mappings: words({ '-1': ['Not read', GREY] }), text: 'value' },
  );

/** How many readers of logs do not read. */
export const notRead = () =>
  statPanel(
    {
      title: 'Readers down',
      description:
        'Readers of the journal or of the kernel log that are meant to read and do not. While one stands still, nothing is counted of what it would read; it goes on from there afterwards.',
      unit: 'short',
      size: tile,
    },
    [
      now(
        orZero(promql`count(${hostSeries('journal_reader_up')} == 0 or ${hostSeries('kernel_log_up')} == 0)`),
      ),
    ],
    { thresholds: RED_FROM_ONE, text: 'value' },
  );

function now(expr: Expression) {
  return { expr, legend: '' };
}
