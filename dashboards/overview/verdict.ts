import { words } from '../colours.ts';
import { statPanel } from '../panels/stat.ts';
import { alertSeries, type Expression, either, hostSeries, promql, whileAnswered } from '../promql.ts';

/** What can be said of everything at once: the sentence, its colour, and the series that make it true. */
interface Verdict {
  readonly sentence: string;
  readonly colour: 'red' | 'orange' | 'blue';
  /** It is true while one of these has a series. */
  readonly signs: readonly Expression[];
}

/** The first that is true is said. What only a person can mend comes before what fettle mends by itself. */
const VERDICTS: readonly Verdict[] = [
  {
    sentence: 'A GPU is gone: what ran on it needs another one, or the machine a reboot.',
    colour: 'red',
    signs: [promql`${hostSeries('gpu_lost')} >= 1`],
  },
  {
    sentence: 'fettle has given a unit up: a person is needed.',
    colour: 'red',
    signs: [promql`${hostSeries('fettle_circuit_open')} >= 1`],
  },
  {
    sentence: 'fettle is repairing something: wait for it.',
    colour: 'blue',
    signs: [promql`${hostSeries('fettle_steps_under_way')} >= 1`],
  },
  {
    sentence: 'Something has failed: see the table of what is down.',
    colour: 'red',
    signs: [
      promql`${hostSeries('systemd_unit_state', 'state="failed"')} == 1`,
      promql`${hostSeries('daemon_state', 'state="failed"')} == 1`,
      promql`${hostSeries('launchd_job_config_error')} == 1`,
    ],
  },
  {
    sentence: 'A critical alert is firing: see the table of alerts.',
    colour: 'red',
    signs: [promql`${alertSeries('alertstate="firing"', 'severity="critical"')}`],
  },
  {
    sentence: 'A probe fails: something runs, and does not answer as it should.',
    colour: 'red',
    signs: [promql`${hostSeries('fettle_probe_success')} == 0`],
  },
  {
    sentence: 'Nothing is down, but a warning is firing: see the table of alerts.',
    colour: 'orange',
    signs: [promql`${alertSeries('alertstate="firing"', 'severity="warning"')}`],
  },
  {
    sentence: 'All is well, but repairs are paused: `fettle resume` lets them go on.',
    colour: 'orange',
    signs: [promql`${hostSeries('fettle_paused')} >= 1`],
  },
];

const SILENT = 90;
const WELL = 0;

/** One sentence on everything that is chosen. */
export const verdict = () =>
  statPanel(
    {
      title: 'Verdict',
      description:
        'The most urgent thing that can be said of all chosen hosts, in one sentence. What only a person can mend comes first, then what fettle is mending.',
      unit: 'none',
      size: { width: 24, height: 4 },
      none: 'Prometheus has no metrics of fettle from these hosts: nothing is known.',
    },
    [{ expr: verdictNumber(), legend: '' }],
    {
      thresholds: [{ color: 'green', value: null }],
      mappings: sentences(),
      text: 'value',
      filled: true,
      pixels: 34,
    },
  );

/** The number of the first sentence that is true. All parts have no labels, so `or` keeps the first there is. */
function verdictNumber() {
  const [first, ...others] = [
    promql`0 * count(${hostSeries('up')} == 0) + ${SILENT}`,
    ...VERDICTS.flatMap(({ signs }, index) => signs.map((sign) => promql`0 * count(${sign}) + ${index + 1}`)),
    whileAnswered(WELL),
  ];
  return either(first ?? whileAnswered(WELL), ...others);
}

function sentences() {
  const own = VERDICTS.map(({ sentence, colour }, index) => [String(index + 1), [sentence, colour]] as const);
  return words({
    [WELL]: ['All is well.', 'green'],
    [SILENT]: ['A host does not answer: what is shown of it is old, or missing.', 'red'],
    ...Object.fromEntries(own),
  });
}
