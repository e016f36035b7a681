import { named, orNone } from '../absence.ts';
import { tablePanel } from '../panels/table.ts';
import { timeseriesPanel } from '../panels/timeseries.ts';
import { type Expression, hostSeries, promql } from '../promql.ts';
import { collectorWorks, GPU_ON_HOST, gpuSeries, noGpu, ofEachGpu, partOfGpu, withName } from './series.ts';

const half = { width: 12, height: 9 } as const;

const NO_UNIT = 'in no unit';

/** Where the details of a unit are, for a cell of a table. */
const UNIT_LINK = {
  title: 'The unit in detail',
  // biome-ignore lint/suspicious/noTemplateCurlyInString: Grafana fills it in, not JavaScript.
  url: '/d/fettle-unit?var-name=${__value.raw}&${__url_time_range}',
};

/** How busy each GPU is. */
export const busy = () =>
  timeseriesPanel(
    {
      title: 'Busy, each GPU',
      description:
        'Share of time in which the GPU had anything to do, which is not how much of it was used: one small kernel that runs all the time shows as 100 %. Power beside the cap tells more of real work. At 0 % with a service that should compute, ask the service.',
      unit: 'percentunit',
      size: half,
    },
    [
      {
        expr: orNone(
          withName(ofEachGpu(gpuSeries('gpu_utilization_ratio', 'engine="gpu"'))),
          noGpu('no GPU that tells it'),
        ),
        legend: GPU_ON_HOST,
      },
    ],
    { max: 1 },
  );

/** How busy the other parts of each GPU are. */
export const engines = () =>
  timeseriesPanel(
    {
      title: 'Busy: memory, video, images',
      description:
        'Share of time in which other parts of the GPU had something to do: its memory, the encoder and decoder of video, and those of images (jpeg) and of motion (ofa). Memory near 100 % means that the model waits for memory, and a faster core would not help. Parts that have nothing to do are left out.',
      unit: 'percentunit',
      size: half,
    },
    [
      {
        expr: orNone(
          promql`${withName(gpuSeries('gpu_utilization_ratio', 'engine!="gpu"'))} > 0`,
          noGpu('nothing to do'),
        ),
        legend: partOfGpu('engine'),
      },
    ],
    { max: 1 },
  );

/** How full the memory of each GPU is. */
export const memory = () =>
  timeseriesPanel(
    {
      title: 'Memory of each GPU',
      description:
        'Memory of each GPU in use; dashed is what it has. A line that climbs and never falls while the load stays the same is a leak; one that stays up after its service has ended is a process that nobody looks after (see "Processes").',
      unit: 'bytes',
      size: half,
    },
    [
      {
        expr: orNone(
          withName(ofEachGpu(gpuSeries('gpu_memory_used_bytes'))),
          noGpu('no GPU with memory of its own'),
        ),
        legend: GPU_ON_HOST,
      },
    ],
    {
      limits: [
        {
          expr: promql`max by (name) (${withName(ofEachGpu(gpuSeries('gpu_memory_total_bytes')))})`,
          legend: 'all of {{name}}',
        },
      ],
    },
  );

/** Whose the memory of the GPUs is. */
export const memoryOfUnits = () =>
  timeseriesPanel(
    {
      title: 'Memory used by each unit',
      description:
        'Whose the memory of the GPUs is: the systemd units (or containers) of the processes that hold it. "In no unit" are processes that nobody looks after, such as what was started by hand. Left out where the driver does not tell it of every process, as with MIG.',
      unit: 'bytes',
      size: half,
    },
    [
      {
        expr: orNone(
          named(
            promql`sum by (instance, gpu, unit, user, container) (${gpuSeries('gpu_unit_memory_used_bytes')})`,
            'unit',
            NO_UNIT,
          ),
          { known: collectorWorks('gpu_units'), label: 'unit', words: 'no unit of which it is told' },
        ),
        legend: '{{unit}} {{user}} {{container}} on {{gpu}} ({{instance}})',
      },
    ],
    { stacked: true },
  );

/** Which units use GPUs now. */
export const users = () =>
  tablePanel(
    {
      title: 'Who uses the GPUs',
      description:
        'Units with processes on GPUs now, and how much memory they hold there. An empty cell of memory: the driver does not tell it. A click on a unit leads to its own page.',
      unit: 'none',
      size: half,
    },
    [
      {
        expr: orNone(ofUnits('gpu_unit_processes'), {
          known: collectorWorks('gpu_units'),
          label: 'unit',
          words: 'nobody',
        }),
        heading: 'Processes',
      },
      { expr: ofUnits('gpu_unit_memory_used_bytes'), heading: 'Memory' },
    ],
    {
      labels: { unit: 'Unit', user: 'User', container: 'Container', gpu: 'GPU', instance: 'Instance' },
      columns: {
        Unit: { link: UNIT_LINK },
        Processes: { width: 100 },
        Memory: { unit: 'bytes', decimals: 1, width: 120 },
      },
      sortedBy: 'Memory',
    },
  );

function ofUnits(metric: string): Expression {
  const sum = promql`sum by (instance, gpu, unit, user, container) (${gpuSeries(metric)})`;
  return named(sum, 'unit', NO_UNIT);
}

/** Which processes use GPUs now. */
export const processes = () =>
  tablePanel(
    {
      title: 'Processes',
      description:
        'Processes that hold memory of a GPU, and the unit each is in. Off unless exporter.gpu.processes is true, since each process is a series of its own; the table beside it tells the same by units.',
      unit: 'none',
      size: half,
    },
    [
      {
        expr: orNone(
          named(
            promql`sum by (instance, gpu, unit, pid, name) (${gpuSeries('gpu_process_memory_used_bytes')})`,
            'unit',
            NO_UNIT,
          ),
          {
            known: collectorWorks('gpu'),
            label: 'name',
            words: 'none, or not asked for: exporter.gpu.processes',
          },
        ),
        heading: 'Memory',
      },
    ],
    {
      labels: { name: 'Process', pid: 'PID', unit: 'Unit', gpu: 'GPU', instance: 'Instance' },
      columns: {
        Process: { width: 240 },
        Instance: { width: 110 },
        PID: { width: 90 },
        GPU: { width: 70 },
        Memory: { unit: 'bytes', decimals: 1, width: 120 },
      },
      sortedBy: 'Memory',
    },
  );

/** How many processes each GPU has, by what they do. */
export const processCounts = () =>
  timeseriesPanel(
    {
      title: 'Processes on each GPU',
      description:
        'Processes by what they do: C computes, G draws, C+G does both. More that compute than services are meant to use the GPU is worth a look at "Processes".',
      unit: 'short',
      size: half,
    },
    [
      {
        expr: orNone(withName(gpuSeries('gpu_processes')), noGpu('no GPU that tells it')),
        legend: partOfGpu('type'),
      },
    ],
    { decimals: 0 },
  );

/** How busy the units keep the GPUs of AMD and Intel. */
export const engineTime = () =>
  timeseriesPanel(
    {
      title: 'Engine time of each unit (AMD, Intel)',
      description:
        'How busy each unit keeps the engines of GPUs of AMD and Intel; 100 % is one engine all the time. NVIDIA tells no such figure.',
      unit: 'percentunit',
      size: half,
    },
    [
      {
        expr: orNone(
          named(
            promql`sum by (instance, pci_bus_id, unit, engine) (rate(${hostSeries('gpu_unit_engine_seconds_total')}[$__rate_interval]))`,
            'unit',
            NO_UNIT,
          ),
          { known: collectorWorks('gpu_units'), label: 'unit', words: 'no GPU of AMD or Intel in use' },
        ),
        legend: '{{unit}} {{engine}} {{pci_bus_id}} ({{instance}})',
      },
    ],
  );

/** What is used of the parts of divided GPUs. */
export const parts = () =>
  timeseriesPanel(
    {
      title: 'Memory of parts of GPUs (MIG)',
      description:
        'Share of its memory that each part of a divided GPU uses. Parts have limits of their own: one may be full while the GPU as a whole has plenty.',
      unit: 'percentunit',
      size: half,
    },
    [
      {
        expr: orNone(
          promql`max by (instance, gpu, gpu_instance) (${gpuSeries('gpu_mig_memory_used_bytes')} / ${gpuSeries('gpu_mig_memory_total_bytes')})
  * on (instance, gpu, gpu_instance) group_left (profile)
    (max by (instance, gpu, gpu_instance, profile) (${gpuSeries('gpu_mig_info')}))`,
          noGpu('no GPU is divided'),
        ),
        legend: '{{gpu}} part {{gpu_instance}} {{profile}} ({{instance}})',
      },
    ],
    { max: 1 },
  );

/** How much of each GPU's memory is kept back, and mapped for the processor. */
export const otherMemory = () =>
  timeseriesPanel(
    {
      title: 'Memory: free, kept by the driver, mapped',
      description:
        'What is free of each GPU, what its driver keeps for itself, and what is mapped for the processor (BAR1). A BAR1 that is full makes transfers fail though memory is free.',
      unit: 'bytes',
      size: half,
    },
    [
      kind('gpu_memory_free_bytes', 'free'),
      kind('gpu_memory_reserved_bytes', 'kept by the driver'),
      kind('gpu_bar1_memory_used_bytes', 'mapped'),
    ],
  );

function kind(metric: string, what: string) {
  const expr = orNone(withName(ofEachGpu(gpuSeries(metric))), noGpu('no GPU that tells it'));
  return { expr, legend: `${what}: ${GPU_ON_HOST}` };
}
