import type { ThermalThrottleEvent } from '../../domain/kernel-log.ts';

/** The two wordings are of before and since Linux 5.15; what throttles says so at most once in 5 minutes. */
const THROTTLED =
  /^(?:mce: )?CPU\d{1,5}: (Core|Package) temperature (?:is )?above threshold, cpu clock (?:is )?throttled/;

/** Whether a record tells that a CPU was too hot. */
export function parseThrottle(text: string): ThermalThrottleEvent | undefined {
  const scope = THROTTLED.exec(text)?.[1];
  return scope === undefined
    ? undefined
    : { kind: 'thermal-throttle', scope: scope === 'Core' ? 'core' : 'package' };
}
