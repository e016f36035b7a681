import type { ProbeOutcome } from '../../domain/probe.ts';
import type { ProbePlan } from '../../domain/probes/plan.ts';
import { plainText } from '../plain-text.ts';

/** A probe that was asked once. */
export interface ProbeAnswer {
  readonly plan: ProbePlan;
  readonly outcome: ProbeOutcome;
  readonly durationSeconds: number;
}

/** The answer for people, a line each; nothing in it can steer a terminal. */
export function answerLines({ plan, outcome, durationSeconds }: ProbeAnswer): readonly string[] {
  const { failure, phases = {}, certificateExpirySeconds, values } = outcome;
  const verdict = failure === undefined ? 'as it should be' : `failed (${failure.reason}): ${failure.detail}`;
  const lines = [
    `${titleOf(plan)}: ${verdict}`,
    `took: ${millis(durationSeconds)}${phaseWords(phases)}`,
    ...outcome.notes,
    ...numbers(outcome),
    ...(certificateExpirySeconds === undefined ? [] : [`certificate: ends ${day(certificateExpirySeconds)}`]),
    ...[...values].map(([name, value]) => `value ${name}: ${value}`),
  ];
  return lines.map(plainText);
}

/** The probes that there are, a line each. */
export function planLines(plans: readonly ProbePlan[]): readonly string[] {
  if (plans.length === 0) return ['no probes: nothing is asked'];
  return plans.map((plan) => {
    const { intervalMs, timeoutMs } = plan.timing;
    return plainText(`${titleOf(plan)}: every ${intervalMs / 1000} s, within ${timeoutMs / 1000} s`);
  });
}

/** The answer as one line of JSON. */
export function answerJson({ plan, outcome, durationSeconds }: ProbeAnswer): string {
  const { failure, phases, values, ...told } = outcome;
  return JSON.stringify({
    ...identity(plan),
    success: failure === undefined,
    ...failure,
    durationSeconds,
    ...told,
    ...(phases === undefined ? {} : { phaseSeconds: phases }),
    values: Object.fromEntries(values),
  });
}

/** The probes that there are, as one line of JSON. */
export function plansJson(plans: readonly ProbePlan[]): string {
  const rows = plans.map((plan) => ({
    ...identity(plan),
    intervalSeconds: plan.timing.intervalMs / 1000,
    timeoutSeconds: plan.timing.timeoutMs / 1000,
  }));
  return JSON.stringify(rows);
}

function identity({ name, type, unit }: ProbePlan) {
  return { probe: name, type, ...(unit === '' ? {} : { unit }) };
}

function titleOf({ name, type, unit }: ProbePlan): string {
  return `${name} (${type}${unit === '' ? '' : `, ${unit}`})`;
}

function phaseWords(phases: NonNullable<ProbeOutcome['phases']>): string {
  const words = Object.entries(phases).map(([phase, seconds]) => `${phase} ${millis(seconds)}`);
  return words.length === 0 ? '' : ` (${words.join(', ')})`;
}

function numbers({
  exitCode,
  files,
  sizeBytes,
  modifiedSeconds,
  freeBytes,
}: ProbeOutcome): readonly string[] {
  return [
    ...(exitCode === undefined ? [] : [`exit code: ${exitCode}`]),
    ...(files === undefined ? [] : [`files: ${files}`]),
    ...(sizeBytes === undefined ? [] : [`size: ${sizeBytes} bytes`]),
    ...(modifiedSeconds === undefined ? [] : [`modified: ${day(modifiedSeconds)}`]),
    ...(freeBytes === undefined ? [] : [`free: ${freeBytes} bytes`]),
  ];
}

function millis(seconds: number): string {
  return `${(seconds * 1000).toFixed(1)} ms`;
}

function day(seconds: number): string {
  const date = new Date(seconds * 1000);
  return Number.isNaN(date.getTime()) ? `${seconds} s since 1970` : date.toISOString();
}
