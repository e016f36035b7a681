import { childOf, elementAt, leafTexts, type XmlElement } from './element.ts';
import type { Fields } from './fields.ts';
import { isResetRequired, parseRecoveryAction, parseYes } from './values.ts';

const NONE = 0;
const RESET = 1;
const DRAIN_AND_RESET = 4;

/**
 * What would bring the GPU back to health, as in GpuReading; undefined if the driver does not say.
 *
 * `gpu_recovery_action` since driver 570, `gpu_reset_status` from 535 on; older ones print `[GPU requires reset]`
 * for values.
 */
export function recoveryAction(fields: Fields, gpu: XmlElement): number | undefined {
  return namedAction(fields, gpu) ?? resetStatus(fields, gpu) ?? resetByValues(gpu);
}

/** Not through `Fields`, for which `None` means that there is no value. */
function namedAction(fields: Fields, gpu: XmlElement): number | undefined {
  const element = childOf(gpu, 'gpu_recovery_action');
  const action = element && parseRecoveryAction(element.text);
  return action ?? fields.value('recovery_action', [element], parseRecoveryAction);
}

function resetStatus(fields: Fields, gpu: XmlElement): number | undefined {
  const status = fields.section('reset_status', childOf(gpu, 'gpu_reset_status'));
  const isSaid = (name: string) => fields.value(`reset_status.${name}`, [elementAt(status, name)], parseYes);
  const reset = isSaid('reset_required');
  const drain = isSaid('drain_and_reset_recommended');
  if (reset === true) return RESET;
  if (drain === true) return DRAIN_AND_RESET;
  return reset === false ? NONE : undefined;
}

function resetByValues(gpu: XmlElement): number | undefined {
  return [...leafTexts(gpu)].some(isResetRequired) ? RESET : undefined;
}
