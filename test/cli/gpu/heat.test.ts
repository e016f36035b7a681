import { describe, expect, it } from 'vitest';
import { heatColour, shownCelsius } from '../../../src/cli/gpu/heat.ts';
import type { GpuReading } from '../../../src/domain/gpu.ts';
import { gpuReading } from '../../fakes/gpu-reading.ts';

describe('heatColour', () => {
  it.each<[Partial<GpuReading>, string | undefined]>([
    [{ temperatures: { gpu: 89.9 }, thresholds: { slowdown: 95, shutdown: 98 } }, undefined],
    [{ temperatures: { gpu: 90 }, thresholds: { slowdown: 95, shutdown: 98 } }, 'yellow'],
    [{ temperatures: { gpu: 94.9 }, thresholds: { slowdown: 95 } }, 'yellow'],
    [{ temperatures: { gpu: 95 }, thresholds: { slowdown: 95 } }, 'red'],
    [{ temperatures: { gpu: 94 }, thresholds: { shutdown: 98 } }, 'yellow'],
    [{ temperatures: { gpu: 98 }, thresholds: { shutdown: 98 } }, 'red'],
    [{ temperatures: { gpu: 110 } }, undefined],
    [{ thresholds: { slowdown: 95 } }, undefined],
    [{ temperatures: { gpu: 60 }, temperatureMargin: 21 }, undefined],
    [{ temperatures: { gpu: 82 }, temperatureMargin: 5 }, 'yellow'],
    [{ temperatures: { gpu: 87 }, temperatureMargin: -1 }, 'red'],
    // Thresholds are of the GPU's own sensor.
    [{ temperatures: { junction: 100 }, thresholds: { slowdown: 95 } }, undefined],
  ])('of %j is %s', (reading, colour) => {
    expect(heatColour(gpuReading(reading))).toBe(colour);
  });
});

describe('shownCelsius', () => {
  it.each<[GpuReading['temperatures'], number | undefined]>([
    [{ gpu: 51, junction: 63, memory: 70 }, 51],
    [{ junction: 63, memory: 70 }, 63],
    [{ memory: 70 }, undefined],
  ])('of %j is %s', (temperatures, celsius) => {
    expect(shownCelsius(gpuReading({ temperatures }))).toBe(celsius);
  });
});
