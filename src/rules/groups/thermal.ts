import type { RuleGroup } from '../rule.ts';
import { FANS } from './thermal/fans.ts';
import { GPU_HEAT } from './thermal/gpus.ts';
import { JETSON } from './thermal/jetson.ts';
import { MACHINE_HEAT } from './thermal/machine.ts';

/** Alerts about heat, and what should carry it away. */
export const THERMAL: RuleGroup = {
  name: 'thermal',
  comment: `Alerts about heat: of GPUs, of the thermal zones of the kernel, of chips, and of a Jetson.

Rules that are relative come first: to what a device itself says it can stand, or to the trip points of the kernel. A fixed figure is too high for one device and too low for another, so each of those has a threshold that can be set for a single device (see fettle rules --help).

Temperatures go up and down within seconds: rules look at means of some minutes, which also bridges missed scrapes, and keep_firing_for outlasts a short rest.`,
  rules: [...GPU_HEAT, ...MACHINE_HEAT, ...JETSON, ...FANS],
};
