import type { Threshold, ValueMapping } from '@grafana/grafana-foundation-sdk/dashboard';
import { MappingType } from '@grafana/grafana-foundation-sdk/dashboard';

/**
 * Colours by their names in Grafana, which has a shade of each for the light theme and one for the dark.
 * Red is kept for what needs a person. Grafana's grey has no name; this one can be read on both.
 */
export type Colour =
  | 'green'
  | 'light-green'
  | 'yellow'
  | 'light-yellow'
  | 'orange'
  | 'light-orange'
  | 'red'
  | 'light-red'
  | 'blue'
  | 'light-blue'
  | 'purple'
  | 'light-purple'
  | '#8e8e8e';

/** The colour of what is neither good nor bad: switched off, not there, not asked for. */
export const GREY: Colour = '#8e8e8e';

/** One colour for every value: a figure that is neither good nor bad. */
export const NEUTRAL = thresholds('blue');

/** Green while there is none of it. */
export const RED_FROM_ONE = thresholds('green', [1, 'red']);

/** Green while there is none of it, then a colour that asks nobody to get up. */
export const ORANGE_FROM_ONE = thresholds('green', [1, 'orange']);

/** Red unless it is there. */
export const RED_UNTIL_ONE = thresholds('red', [1, 'green']);

/** How repairs end. */
export const ENDINGS = {
  repaired: 'green',
  eased: 'light-green',
  exhausted: 'red',
  interrupted: 'orange',
} as const satisfies Readonly<Record<string, Colour>>;

/** For shares of something that runs full. */
export const RUNS_FULL = thresholds('green', [0.8, 'orange'], [0.9, 'red']);

/** Colours from values on: `thresholds('green', [0.8, 'orange'], [0.9, 'red'])`. */
export function thresholds(
  lowest: Colour,
  ...above: readonly (readonly [number, Colour])[]
): readonly Threshold[] {
  return [{ color: lowest, value: null }, ...above.map(([value, color]) => ({ color, value }))];
}

/** Words in place of values: `words({ 0: ['No', 'red'], 1: ['Yes', 'green'] })`. Without a colour that of the threshold. */
export function words(
  meanings: Readonly<Record<string, readonly [text: string, colour?: Colour]>>,
): readonly ValueMapping[] {
  const options = Object.fromEntries(
    Object.entries(meanings).map(([value, [text, color]], index) => [
      value,
      { text, index, ...(color === undefined ? {} : { color }) },
    ]),
  );
  return [{ type: MappingType.ValueToText, options }];
}

/** Yes and no for 1 and 0. */
export const YES_NO = words({ '0': ['No'], '1': ['Yes'] });
