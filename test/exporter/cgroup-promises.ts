import { readFileSync } from 'node:fs';
import type { Lab } from '../lab/lab.ts';
import { type Expectations, type Labels, type Range, seriesKey, within } from './series.ts';
import { type ShownSystem, shownNumber, shownText } from './shown.ts';

/** Groups of values, as the configuration has them. */
export type CgroupFamily = 'cpu' | 'memory' | 'pids' | 'limits' | 'pressure' | 'io';

/**
 * Where a value is: `TREE:FILE KEY`, without a tree in v2, without a key where the file is one number.
 *
 * The keys are the kernel's: those of fields, of devices (`rbytes`, `Read`), and the lines of pressure.
 */
type Place = string;

/** A metric of a unit, and where its value is: in the first of these places that there is. */
interface Row {
  readonly family: CgroupFamily;
  readonly metric: string;
  readonly labels: Labels;
  readonly places: readonly Place[];
  /** What is taken off. */
  readonly less: readonly Place[];
}

const CURRENT = ['memory.current', 'memory:memory.usage_in_bytes'];
const INACTIVE = ['memory.stat inactive_file', 'memory:memory.stat total_inactive_file'];

/** Sources: the kernel's admin-guide/cgroup-v2.rst and admin-guide/cgroup-v1. */
const ROWS: readonly Row[] = [
  cpuSeconds('user'),
  cpuSeconds('system'),
  row('cpu', 'cpu_periods_total', ['cpu.stat nr_periods', 'cpu:cpu.stat nr_periods']),
  row('cpu', 'cpu_throttled_periods_total', ['cpu.stat nr_throttled', 'cpu:cpu.stat nr_throttled']),
  row('cpu', 'cpu_throttled_seconds_total', ['cpu.stat throttled_usec', 'cpu:cpu.stat throttled_time']),

  row('memory', 'memory_current_bytes', CURRENT),
  row('memory', 'memory_working_set_bytes', CURRENT, { less: INACTIVE }),
  row('memory', 'memory_peak_bytes', ['memory.peak', 'memory:memory.max_usage_in_bytes']),
  row('memory', 'memory_swap_bytes', ['memory.swap.current', 'memory:memory.stat total_swap']),
  row('memory', 'memory_anon_bytes', ['memory.stat anon', 'memory:memory.stat total_rss']),
  row('memory', 'memory_file_bytes', ['memory.stat file', 'memory:memory.stat total_cache']),
  row('memory', 'memory_kernel_bytes', ['memory.stat kernel']),
  row('memory', 'memory_events_low_total', ['memory.events low']),
  row('memory', 'memory_events_high_total', ['memory.events high']),
  row('memory', 'memory_events_max_total', ['memory.events max', 'memory:memory.failcnt']),
  row('memory', 'memory_events_oom_total', ['memory.events oom']),
  row('memory', 'memory_events_oom_kill_total', [
    'memory.events oom_kill',
    'memory:memory.oom_control oom_kill',
  ]),

  row('pids', 'tasks_current', ['pids.current', 'pids:pids.current']),
  row('pids', 'tasks_rejected_total', ['pids.events max', 'pids:pids.events max']),

  row('limits', 'tasks_max', ['pids.max', 'pids:pids.max']),
  row('limits', 'memory_min_bytes', ['memory.min']),
  row('limits', 'memory_low_bytes', ['memory.low']),
  row('limits', 'memory_high_bytes', ['memory.high']),
  row('limits', 'memory_max_bytes', ['memory.max', 'memory:memory.limit_in_bytes']),

  ...pressure('cpu'),
  ...pressure('memory'),
  ...pressure('io'),

  row('io', 'io_read_bytes_total', ['io.stat rbytes', 'blkio:blkio.throttle.io_service_bytes Read']),
  row('io', 'io_written_bytes_total', ['io.stat wbytes', 'blkio:blkio.throttle.io_service_bytes Write']),
  row('io', 'io_reads_total', ['io.stat rios', 'blkio:blkio.throttle.io_serviced Read']),
  row('io', 'io_writes_total', ['io.stat wios', 'blkio:blkio.throttle.io_serviced Write']),
];

function row(
  family: CgroupFamily,
  metric: string,
  places: readonly Place[],
  { labels = {}, less = [] }: Partial<Pick<Row, 'labels' | 'less'>> = {},
): Row {
  return { family, metric: `systemd_unit_${metric}`, labels, places, less };
}

function cpuSeconds(mode: 'user' | 'system'): Row {
  const v1 = mode === 'user' ? 'cpuacct:cpuacct.usage_user' : 'cpuacct:cpuacct.usage_sys';
  const places = [`cpu.stat ${mode}_usec`, `unified:cpu.stat ${mode}_usec`, v1];
  return row('cpu', 'cpu_seconds_total', places, { labels: { mode } });
}

function pressure(resource: string): readonly Row[] {
  const places = (line: string) => ['', 'unified:'].map((tree) => `${tree}${resource}.pressure ${line}`);
  return [
    row('pressure', `pressure_${resource}_waiting_seconds_total`, places('some')),
    row('pressure', `pressure_${resource}_stalled_seconds_total`, places('full')),
  ];
}

/** Metrics of which this table knows what is promised. */
export const CGROUP_METRICS: readonly string[] = [...new Set(ROWS.map(({ metric }) => metric))];

/** What the page must say of one value of one unit's cgroup, if it tells of this family and of slices. */
export interface CgroupPromise {
  readonly family: CgroupFamily;
  readonly ofSlice: boolean;
  readonly key: string;
  readonly range: Range;
}

/** Pages are written back and charged in batches, also while nobody does anything. */
const PAGES = 2 ** 20;

/** Reads every file of every loaded unit's cgroup, straight from the kernel. */
export function readCgroups(lab: Lab, { units }: ShownSystem): readonly CgroupPromise[] {
  return [...units].flatMap(([name, unit]) => {
    const cgroup = shownText(unit, 'ControlGroup');
    if (shownText(unit, 'LoadState') !== 'loaded' || cgroup === '') return [];
    const type = name.slice(name.lastIndexOf('.') + 1);
    const read = fileReader(`${lab.root}/sys/fs/cgroup`, cgroup);
    return ROWS.flatMap(({ family, metric, labels, places, less }): readonly CgroupPromise[] => {
      const [value, off] = [firstOf(places, read), less.length === 0 ? 0 : firstOf(less, read)];
      if (value === undefined || off === undefined) return [];
      const slack = family === 'memory' && metric.endsWith('_bytes') ? PAGES : 0;
      const range = within(Math.max(0, value - off), slack);
      return [
        { family, ofSlice: type === 'slice', key: seriesKey(metric, { name, type, ...labels }), range },
      ];
    });
  });
}

/** Gives the text of `TREE:FILE` of one cgroup, or undefined if there is none. */
type ReadFile = (file: string) => string | undefined;

function fileReader(root: string, cgroup: string): ReadFile {
  return (file) => {
    const [name = '', tree = ''] = file.split(':').reverse();
    try {
      return readFileSync(`${root}/${tree}${cgroup}/${name}`, 'utf8');
    } catch {
      return undefined; // not of this layout, or of a kind that this kernel does not count
    }
  };
}

function firstOf(places: readonly Place[], read: ReadFile): number | undefined {
  for (const place of places) {
    const value = valueAt(place, read);
    if (value !== undefined) return value;
  }
  return undefined;
}

/** v1 has no word for "no limit", only a number that no machine has. */
const NO_LIMIT = 2 ** 62;

function valueAt(place: Place, read: ReadFile): number | undefined {
  const [file = '', key] = place.split(' ');
  // `user_usec 7`, `some avg10=0.00 total=7`, `8:0 rbytes=7 wbytes=9` and `8:0 Read 7`, or `7` alone.
  const pattern =
    key === undefined ? /^(\d+)$/gm : new RegExp(`(?:^| )${key}(?: .*total=| |=)(\\d+)\\b`, 'gm');
  const found = [...(read(file) ?? '').matchAll(pattern)].map((match) => Number(match[1]));
  const sum = found.reduce((total, value) => total + value, 0);
  return found.length === 0 || sum >= NO_LIMIT ? undefined : sum / divisorOf(place);
}

/** Microseconds and nanoseconds are told in seconds. */
function divisorOf(place: Place): number {
  if (/_usec$|\.pressure /.test(place)) return 1e6;
  return /throttled_time$|^cpuacct:/.test(place) ? 1e9 : 1;
}

/** What systemctl itself shows of cgroups, and how far it may lie from what the page says. */
const SHOWN = [
  ['systemd_unit_tasks_current', 'TasksCurrent', 0],
  ['systemd_unit_tasks_max', 'TasksMax', 0],
  ['systemd_unit_memory_current_bytes', 'MemoryCurrent', PAGES],
  ['systemd_unit_memory_max_bytes', 'MemoryMax', 0],
] as const;

/** What systemctl shows of the cgroups of all units but slices. */
export function shownOfCgroups({ units }: ShownSystem): Expectations {
  const living = [...units].filter(
    ([name, unit]) => !name.endsWith('.slice') && shownNumber(unit, 'TasksCurrent') !== undefined,
  );
  return new Map(
    living.flatMap(([name, unit]) => {
      const type = name.slice(name.lastIndexOf('.') + 1);
      return SHOWN.flatMap(([metric, property, slack]): readonly (readonly [string, Range])[] => {
        const value = shownNumber(unit, property);
        return value === undefined ? [] : [[seriesKey(metric, { name, type }), within(value, slack)]];
      });
    }),
  );
}
