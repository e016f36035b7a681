import { orNone } from '../absence.ts';
import { GREY, words } from '../colours.ts';
import { stateTimelinePanel } from '../panels/state-timeline.ts';
import { tablePanel } from '../panels/table.ts';
import { timeseriesPanel } from '../panels/timeseries.ts';
import { type Expression, hostSeries, promql, type Selector } from '../promql.ts';
import { collectorWorks, GPU_ON_HOST, gpuSeries, noGpu, ofEachGpu, partOfGpu, withName } from './series.ts';
import { XIDS } from './xids.ts';

const half = { width: 12, height: 8 } as const;
const BUS_ON_HOST = '{{pci_bus_id}} ({{instance}})';

/** Whether each GPU was there, over time. */
export const presence = () =>
  stateTimelinePanel(
    {
      title: 'Is each GPU there',
      description:
        'Each GPU on the PCI bus, by its place there, and when it was gone: by the bus, the driver or the kernel log, each of which is believed alone. A Jetson has no GPU on the bus.',
      unit: 'none',
      size: half,
    },
    [
      {
        expr: orNone(promql`max by (instance, pci_bus_id, vendor) (${hostSeries('gpu_lost')})`, {
          known: collectorWorks('gpu_presence'),
          label: 'vendor',
          words: 'no GPU on the bus',
          value: -1,
        }),
        legend: '{{vendor}} {{pci_bus_id}} ({{instance}})',
      },
    ],
    words({ '-1': ['none', GREY], '0': ['there', 'green'], '1': ['gone', 'red'] }),
  );

/** What each GPU asked for, over time. */
export const recovery = () =>
  stateTimelinePanel(
    {
      title: 'What each GPU asks for',
      description:
        'Nothing, a reset, a reboot, or that work be moved away (from it, or from all GPUs that it is linked with) before it is reset. Until then results may be wrong or work may fail. fettle itself restarts nothing on a GPU that asks for this.',
      unit: 'none',
      size: half,
    },
    [
      {
        expr: orNone(
          withName(ofEachGpu(gpuSeries('gpu_recovery_action'))),
          noGpu('no GPU that tells it', -1),
        ),
        legend: GPU_ON_HOST,
      },
    ],
    words({
      '-1': ['not told', GREY],
      '0': ['nothing', 'green'],
      '1': ['a reset', 'red'],
      '2': ['a reboot', 'red'],
      '3': ['to drain its peers', 'orange'],
      '4': ['to drain, then a reset', 'orange'],
    }),
  );

/** What the kernel log told of GPUs, over time. */
export const troubles = () =>
  timeseriesPanel(
    {
      title: 'What the kernel log says of GPUs',
      description:
        'Errors of GPUs that their drivers wrote to the kernel log: Xids of NVIDIA, SXids of its switches, and timeouts, hangs, resets and losses of the others. One alone after a program has crashed is mostly that program\'s fault (Xid 13, 31, 43). "nothing" is a good sign; no line at all: the log is not read.',
      unit: 'short',
      size: half,
    },
    [
      {
        expr: orNone(
          promql`(
  ${events('xid', 'Xid $1', 'gpu_xid_errors_total')}
  or ${events('sxid', 'SXid $1 of a switch', 'gpu_nvswitch_sxid_errors_total')}
  or ${events('kind', '$1', 'kernel_gpu_driver_errors_total')}
) > 0`,
          {
            known: hostSeries('kernel_log_up'),
            label: 'event',
            words: 'nothing',
          },
        ),
        legend: `{{event}} ${BUS_ON_HOST}`,
      },
    ],
    { bars: true, decimals: 0 },
  );

/** How often something came, with the words for what it is in the label `event`. */
function events(label: string, phrase: string, metric: string): Expression {
  const counts = promql`sum by (instance, pci_bus_id, ${bare(label)}) (increase(${hostSeries(metric)}[$__rate_interval]))`;
  return promql`sum by (instance, pci_bus_id, event) (label_replace(${counts}, "event", "${bare(phrase)}", "${bare(label)}", "(.+)"))`;
}

/** A word of PromQL that is no selector. */
function bare(word: string): Expression {
  return { kind: 'expression', text: word };
}

/** The newest Xid of each kind. */
export const lastXids = () =>
  tablePanel(
    {
      title: 'Last Xids of this boot',
      description:
        'When each kind of Xid last came, and what NVIDIA says it mostly is. What a program did wrong asks for a look at that program; what the GPU or its link did wrong asks for a reset, a reboot or another card.',
      unit: 'none',
      size: half,
    },
    [
      {
        expr: orNone(
          promql`max by (instance, pci_bus_id, xid) (${hostSeries('gpu_xid_last_timestamp_seconds')}) * 1000`,
          { known: hostSeries('kernel_log_up'), label: 'xid', words: 'none' },
        ),
        heading: 'When',
      },
    ],
    {
      labels: { xid: 'Xid', pci_bus_id: 'GPU', instance: 'Instance' },
      columns: {
        Xid: { meanings: XIDS },
        When: { unit: 'dateTimeFromNow', meanings: words({ '0': [''] }) },
      },
      sortedBy: 'When',
    },
  );

/** Which units were at work when an Xid came. */
export const xidsOfUnits = () =>
  tablePanel(
    {
      title: 'Xids by unit, in the time shown',
      description:
        'Units whose processes the driver named with an Xid in the time shown. The same unit again and again: its model, its kernels or its driver version. Different units on one GPU: the GPU.',
      unit: 'none',
      size: half,
    },
    [
      {
        expr: orNone(
          promql`sum by (instance, unit, user, xid) (increase(${hostSeries('gpu_unit_xid_errors_total')}[$__range])) > 0`,
          { known: hostSeries('kernel_log_up'), label: 'unit', words: 'no unit' },
        ),
        heading: 'Times',
      },
    ],
    {
      labels: { unit: 'Unit', user: 'User', xid: 'Xid', instance: 'Instance' },
      columns: { Xid: { meanings: XIDS }, Times: { decimals: 0, width: 90 } },
      sortedBy: 'Times',
    },
  );

/** Errors of the memory of GPUs over time. */
export const ecc = () =>
  timeseriesPanel(
    {
      title: 'Errors of memory (ECC)',
      description:
        'Errors of the memory of GPUs that were noticed: corrected ones cost nothing but are a warning when they become many; after an uncorrected one a program has died, or computed nonsense. Cards without ECC, as most for desktops, notice none.',
      unit: 'short',
      size: half,
    },
    [
      {
        expr: orNone(
          withName(
            promql`sum by (job, instance, gpu, uuid, severity) (increase(${gpuSeries('gpu_ecc_errors_total')}[$__rate_interval]))`,
          ),
          noGpu('no GPU with ECC'),
        ),
        legend: partOfGpu('severity'),
      },
    ],
    { decimals: 0 },
  );

/** How worn the memory of each GPU is. */
export const memoryHealth = () =>
  tablePanel(
    {
      title: 'Memory over the life of each GPU',
      description:
        'Errors since the GPU was made, and rows or pages of its memory that are used no more after uncorrectable ones. "Waits": rows are replaced at the next reset, so plan one. "Failed": there was no spare row left, and the GPU should be replaced. Cards without ECC have no row here.',
      unit: 'none',
      size: { width: 24, height: 7 },
    },
    [
      {
        expr: orNone(
          life(gpuSeries('gpu_ecc_errors_aggregate', 'severity="uncorrected"')),
          noGpu('no GPU with ECC'),
        ),
        heading: 'Uncorrected',
      },
      { expr: life(gpuSeries('gpu_ecc_errors_aggregate', 'severity="corrected"')), heading: 'Corrected' },
      {
        expr: life(
          promql`${gpuSeries('gpu_remapped_rows', 'severity="uncorrectable"')} or ${gpuSeries('gpu_retired_pages')}`,
        ),
        heading: 'Rows or pages retired',
      },
      { expr: life(gpuSeries('gpu_remap_pending')), heading: 'Waits' },
      { expr: life(gpuSeries('gpu_remap_failure')), heading: 'Failed' },
    ],
    {
      labels: { instance: 'Instance', gpu: 'GPU', name: 'Name' },
      columns: {
        Waits: { meanings: words({ '0': ['no', GREY], '1': ['yes', 'orange'] }) },
        Failed: { meanings: words({ '0': ['no', GREY], '1': ['yes', 'red'] }) },
      },
      sortedBy: 'Uncorrected',
    },
  );

function life(series: Selector | Expression): Expression {
  return promql`max by (instance, gpu, name) (${withName(promql`sum by (job, instance, gpu, uuid) (${series})`)})`;
}

/** The PCIe link of each GPU. */
export const link = () =>
  timeseriesPanel(
    {
      title: 'PCIe link',
      description:
        'Lanes and generation of the link as a share of what GPU and slot can do. Fewer lanes than all is a card that sits badly, a riser or a bent pin, and stays so until somebody looks. The generation sinks while the GPU has nothing to do, which is normal.',
      unit: 'percentunit',
      size: half,
    },
    [linkShare('lanes', 'gpu_pcie_link_width'), linkShare('generation', 'gpu_pcie_link_generation')],
    { max: 1 },
  );

function linkShare(what: string, metric: string) {
  const now = ofEachGpu(gpuSeries(metric));
  const most = ofEachGpu(gpuSeries(`${metric}_max`));
  const expr = orNone(withName(promql`${now} / ${most}`), noGpu('no GPU that tells it'));
  return { expr, legend: `${what}: ${GPU_ON_HOST}` };
}

/** What goes over the PCIe link of each GPU. */
export const traffic = () =>
  timeseriesPanel(
    {
      title: 'PCIe traffic',
      description:
        'What each GPU sends and receives, as seen in a sample of 20 ms at each reading: bursts between are missed. Near what the link can do (some 25 GB/s for 16 lanes of generation 4) the link holds the model back.',
      unit: 'Bps',
      size: half,
    },
    [
      {
        expr: orNone(
          withName(gpuSeries('gpu_pcie_throughput_bytes_per_second')),
          noGpu('no GPU that tells it'),
        ),
        legend: partOfGpu('direction'),
      },
    ],
  );

/** Errors of the PCIe links. */
export const linkErrors = () =>
  timeseriesPanel(
    {
      title: 'PCIe errors',
      description:
        'Packets that had to be sent again (replays), and errors that the bus itself reports (AER) by how grave they are. A few a day do no harm; a steady stream is a bad contact, a riser or a slot, and ends with a GPU that falls off the bus.',
      unit: 'short',
      size: half,
    },
    [
      {
        expr: orNone(
          withName(
            promql`sum by (job, instance, gpu, uuid) (increase(${gpuSeries('gpu_pcie_replays_total')}[$__rate_interval]))`,
          ),
          noGpu('no GPU that tells replays'),
        ),
        legend: `replays: ${GPU_ON_HOST}`,
      },
      {
        expr: orNone(
          promql`sum by (instance, pci_bus_id, severity) (increase(${hostSeries('gpu_pcie_aer_errors_total')}[$__rate_interval]))`,
          {
            known: collectorWorks('gpu_presence'),
            label: 'severity',
            words: 'no GPU whose bus tells errors',
          },
        ),
        legend: `{{severity}} ${BUS_ON_HOST}`,
      },
    ],
    { decimals: 0 },
  );
