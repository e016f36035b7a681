import type { LedgerEvent } from '../../src/domain/ledger.ts';

const UNITS = 200;
const POLICIES = 20;

/** All lines of one alert, made up from a number: of ten, six are refused, one is rehearsed, three lead to steps. */
export function repairStory(number: number, now: Date): readonly LedgerEvent[] {
  const unit = `worker@${number % UNITS}.service`;
  const about = {
    id: `${(number * 2_654_435_761) % 2 ** 32}-${number}`,
    policy: `policy-${number % POLICIES}`,
    unit,
  };
  const alert = {
    alertname: 'SystemdUnitFailed',
    fingerprint: number.toString(16).padStart(16, '0'),
    startsAt: new Date(now.getTime() - 30_000).toISOString(),
  };
  const labels = {
    alertname: alert.alertname,
    unit,
    instance: 'gpu-box-7:10558',
    job: 'fettle',
    severity: 'page',
  };
  const received: LedgerEvent = { event: 'received', ...about, ...alert, labels };
  const resolved: LedgerEvent = { event: 'resolved', ...alert };
  const kind = number % 10;
  if (kind < 6) return [received, refused(about, now), ...(kind === 0 ? [resolved] : [])];
  if (kind === 6) return [received, { event: 'rehearsed', ...about, action: 'restart', detail: 'dry run' }];
  if (kind < 9) return [received, ...step(about, 0, 'restart', number), ended(about, 'repaired'), resolved];
  return [
    received,
    ...step(about, 0, 'throttle', number),
    ...step(about, 1, 'stop', number),
    number % 20 < 10 ? ended(about, 'eased') : { ...ended(about, 'exhausted'), hold: 21_600 },
    resolved,
    {
      event: 'undone',
      ...about,
      step: 0,
      result: 'restored',
      detail: 'as before: CPUQuotaPerSecUSec=infinity',
    },
  ];
}

interface About {
  readonly id: string;
  readonly policy: string;
  readonly unit: string;
}

function refused(about: About, now: Date): LedgerEvent {
  const retryAt = new Date(now.getTime() + 120_000).toISOString();
  const denials = [
    { rail: 'cooldown', reason: 'the last repair of this unit ended 40 s ago; it rests for 160 s', retryAt },
    { rail: 'rate-limit', reason: '3 repairs within 1h, which is the limit', retryAt },
  ];
  return { event: 'refused', ...about, step: 0, denials };
}

function step(about: About, index: number, action: 'restart' | 'throttle' | 'stop', number: number) {
  const before = number.toString(16).padStart(32, 'a');
  const change =
    action === 'throttle'
      ? { saved: { CPUQuotaPerSecUSec: '18446744073709551615' }, limits: { CPUQuotaPerSecUSec: '500000' } }
      : {};
  return [
    {
      event: 'started',
      ...about,
      step: index,
      action,
      activeState: 'failed',
      invocationId: before,
      evidence: before.repeat(2),
      ...change,
    },
    {
      event: 'finished',
      ...about,
      step: index,
      action,
      result: 'succeeded',
      detail: 'active since 30 s with one invocation',
      jobResult: 'done',
      invocationId: before.replaceAll('a', 'b'),
      seconds: 31.25,
    },
  ] satisfies readonly LedgerEvent[];
}

function ended(
  about: About,
  ending: 'repaired' | 'eased' | 'exhausted',
): LedgerEvent & { readonly event: 'ended' } {
  return { event: 'ended', ...about, ending, detail: 'active since 30 s with one invocation' };
}
