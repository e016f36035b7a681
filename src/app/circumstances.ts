import type { Alert } from '../domain/alert.ts';
import type { AlertState, Circumstances, Known, Pause } from '../domain/circumstances.ts';
import type { Quantity } from '../domain/condition.ts';
import type { Gates } from '../domain/policy.ts';
import type { ProbePlan } from '../domain/probes/plan.ts';
import type { Step } from '../domain/step.ts';
import type { Question } from '../remediator/executor.ts';
import type { GpuQuestion } from './circumstances/gpu-question.ts';
import { type AskProbe, createProbeQuestion, type ProbeQuestion } from './circumstances/probe-question.ts';
import { flatWithin, knownWithin, withOwnSignal } from './known.ts';

/** Reads everything afresh, side by side, within some 2 s (a probe: within its own timeout). Never throws. */
export type ReadCircumstances = (question: Question, signal: AbortSignal) => Promise<Circumstances>;

/** How each of them is read; those that throw say why it is not known. */
export interface CircumstancesDeps {
  pause(): Promise<Known<Pause | undefined>>;
  secondsSinceBoot(): number;
  packagesChangedAt(): Promise<Date | undefined>;
  /** Undefined: nobody is asked. */
  alertState(): ((alert: Alert, signal: AbortSignal) => Promise<AlertState>) | undefined;
  /** How long Alertmanager is waited for, at most 2 s. */
  alertTimeoutMs(): number;
  gates(): Gates;
  gpu(): GpuQuestion;
  /** Degrees Celsius of the hottest zone; undefined: there is none. */
  hottestZone(): Promise<number | undefined>;
  memoryAvailable(): number;
  probes(): readonly ProbePlan[];
  readonly askProbe: AskProbe;
}

/** For each of them. */
const LIMIT_MS = 2000;

/** Gives the reader of what matters beside the unit and the past, right before a decision. */
export function createCircumstances(deps: CircumstancesDeps): ReadCircumstances {
  return (question, signal) => withOwnSignal(signal, async (own) => await readAll(deps, question, own));
}

async function readAll(
  deps: CircumstancesDeps,
  { alert, policy, step }: Question,
  signal: AbortSignal,
): Promise<Circumstances> {
  const probe = createProbeQuestion(deps.probes(), deps.askProbe, signal);
  const gpu = deps.gpu();
  const part = <T>(what: string, work: (signal: AbortSignal) => Promise<T> | T) =>
    knownWithin(what, LIMIT_MS, signal, work);
  const [pause, secondsSinceBoot, packagesChangedAt, alertState, xids, hottest, quantities, probeSuccess] =
    await Promise.all([
      flatWithin('reading the pause', LIMIT_MS, signal, () => deps.pause()),
      part('reading the uptime', () => deps.secondsSinceBoot()),
      part('looking when packages were changed', () => deps.packagesChangedAt()),
      readAlert(deps, alert, signal),
      readXids(deps, gpu, signal),
      readHottest(deps, gpu, signal),
      readQuantities({ deps, gpu, probe, signal }, step),
      policy.verify.probe === undefined ? undefined : probe(policy.verify.probe),
    ]);
  return {
    pause,
    secondsSinceBoot,
    packagesChangedAt,
    alert: alertState,
    blockingXids: xids,
    hottestCelsius: hottest,
    quantities,
    probeSuccess,
  };
}

async function readAlert(
  deps: CircumstancesDeps,
  alert: Alert,
  signal: AbortSignal,
): Promise<Circumstances['alert']> {
  const ask = deps.alertState();
  const limitMs = Math.min(LIMIT_MS, deps.alertTimeoutMs());
  return ask && (await knownWithin('asking Alertmanager', limitMs, signal, (limited) => ask(alert, limited)));
}

function readXids(
  deps: CircumstancesDeps,
  gpu: GpuQuestion,
  signal: AbortSignal,
): Promise<Circumstances['blockingXids']> {
  if (!deps.gates().xid) return Promise.resolve({ known: false, why: 'the gate for Xids is off' });
  return flatWithin('looking for Xids', LIMIT_MS, signal, () => gpu.blockingXids());
}

/** Not read where no gate asks for it: nvidia-smi may take seconds. */
async function readHottest(
  deps: CircumstancesDeps,
  gpu: GpuQuestion,
  signal: AbortSignal,
): Promise<Circumstances['hottestCelsius']> {
  if (deps.gates().maxCelsius === undefined) return { known: false, why: 'the gate for heat is off' };
  const [gpus, zones] = await Promise.all([
    flatWithin('reading the heat of GPUs', LIMIT_MS, signal, () => gpu.hottest()),
    knownWithin('reading thermal zones', LIMIT_MS, signal, () => deps.hottestZone()),
  ]);
  if (!gpus.known) return gpus;
  if (!zones.known) return zones;
  const all = [gpus.value, zones.value].filter((celsius) => celsius !== undefined);
  return { known: true, value: all.length === 0 ? undefined : Math.max(...all) };
}

interface Reading {
  readonly deps: CircumstancesDeps;
  readonly gpu: GpuQuestion;
  readonly probe: ProbeQuestion;
  readonly signal: AbortSignal;
}

async function readQuantities(reading: Reading, step: Step): Promise<Circumstances['quantities']> {
  const wanted = [...new Set(step.onlyIf.map(({ quantity }) => quantity))];
  const read = wanted.map(async (quantity) => [quantity, await readQuantity(reading, quantity)] as const);
  return new Map(await Promise.all(read));
}

async function readQuantity(reading: Reading, quantity: Quantity): Promise<Known<number>> {
  const { deps, gpu, probe, signal } = reading;
  const some = async (what: string, work: () => Promise<Known<number | undefined>>, none: string) =>
    there(await flatWithin(what, LIMIT_MS, signal, work), none);
  switch (quantity) {
    case 'gpu_temperature_celsius':
      return await some('reading the heat of GPUs', () => gpu.hottest(), 'no GPU tells its temperature');
    case 'gpu_memory_free_bytes':
      return await some(
        'reading the memory of GPUs',
        () => gpu.leastFreeMemory(),
        'no GPU tells its free memory',
      );
    case 'thermal_zone_celsius': {
      const zone = await knownWithin('reading thermal zones', LIMIT_MS, signal, () => deps.hottestZone());
      return there(zone, 'no thermal zone tells its temperature');
    }
    case 'memory_available_bytes':
      return await knownWithin('reading the memory', LIMIT_MS, signal, () => deps.memoryAvailable());
    default: {
      const success = await probe(quantity.slice('probe_success('.length, -1));
      return success.known ? { known: true, value: Number(success.value) } : success;
    }
  }
}

function there(read: Known<number | undefined>, none: string): Known<number> {
  if (!read.known) return read;
  return read.value === undefined ? { known: false, why: none } : { known: true, value: read.value };
}
