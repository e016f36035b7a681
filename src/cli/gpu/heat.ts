import type { GpuReading } from '../../domain/gpu.ts';
import type { Colour } from '../table/column.ts';

/** So near to where it slows down, a GPU is close to it. */
const NEAR_CELSIUS = 5;

/** The temperature that is shown: of the GPU, or of its hottest spot where it tells no other. */
export function shownCelsius({ temperatures }: GpuReading): number | undefined {
  return temperatures.gpu ?? temperatures.junction;
}

/** Red where a GPU slows down or is about to switch itself off, by its own thresholds; yellow close to that. */
export function heatColour(reading: GpuReading): Colour | undefined {
  const left = celsiusLeft(reading);
  if (left === undefined) return undefined;
  if (left <= 0) return 'red';
  return left <= NEAR_CELSIUS ? 'yellow' : undefined;
}

/** Degrees until it slows down: as the driver says, or from the first threshold that there is. */
function celsiusLeft(reading: GpuReading): number | undefined {
  const { temperatureMargin, thresholds } = reading;
  if (temperatureMargin !== undefined) return temperatureMargin;
  const most = thresholds.slowdown ?? thresholds.shutdown;
  const now = reading.temperatures.gpu;
  return most === undefined || now === undefined ? undefined : most - now;
}
