import type { GpuPowerLimit, Values } from '../../domain/gpu.ts';
import { childOf, type XmlElement } from './element.ts';
import { type Fields, known } from './fields.ts';
import { parseWatts } from './values.ts';

/** The draw of this moment, rather than the average that newer drivers print beside it. */
const DRAW = ['instant_power_draw', 'power_draw', 'average_power_draw'];

const LIMITS: Readonly<Record<GpuPowerLimit, readonly string[]>> = {
  enforced: ['current_power_limit', 'enforced_power_limit'],
  default: ['default_power_limit'],
  min: ['min_power_limit'],
  max: ['max_power_limit'],
};

/** Power and its limits in watts; `gpu_power_readings` since driver 535, `power_readings` before. */
export function power(
  fields: Fields,
  gpu: XmlElement,
): { readonly powerWatts: number | undefined; readonly powerLimits: Values<GpuPowerLimit> } {
  const sections = ['gpu_power_readings', 'power_readings'].map((name) => childOf(gpu, name));
  const watts = (field: string, names: readonly string[]) => {
    const elements = sections.flatMap((section) => names.map((name) => childOf(section, name)));
    return fields.value(field, elements, parseWatts);
  };
  return {
    powerWatts: watts('power', DRAW),
    powerLimits: known(LIMITS, (names, limit) => watts(`power_limit.${limit}`, names)),
  };
}
