import * as z from 'zod';
import { messageOf } from '../domain/errors.ts';
import type { LabelMatcher, ThresholdOverride } from '../rules/override.ts';
import { THRESHOLDS, type Threshold, type ThresholdName, threshold } from '../rules/thresholds.ts';
import { asMap } from './form.ts';
import { splitMatcher } from './matcher.ts';

const FIGURES =
  'expected a number, or a list of { match: [...], is: NUMBER }, of which the first that matches holds';

/** One threshold in the configuration: a number for all, or a list. */
function figuresOf(row: Threshold) {
  const match = z
    .array(labelMatcher(row), {
      error: 'expected a list of matchers such as ["instance = \\"gpu1:10558\\""]',
    })
    .min(1, { error: 'expected at least one matcher; leave match out for everything that is left' })
    .default([]);
  const figure = z.strictObject(
    {
      match: match.describe(
        `What it is for, by the labels ${row.by.join(', ')}; left out: all that is left.`,
      ),
      is: figureOf(row).describe('The threshold.'),
    },
    asMap(FIGURES),
  );
  const list = z
    .array(figure, { error: FIGURES })
    .min(1, { error: FIGURES })
    .max(100, { error: 'expected at most 100' })
    .check(({ value, issues }) => {
      const all = value.findIndex((one) => one.match.length === 0);
      if (all === -1 || all === value.length - 1) return;
      const message = 'expected match, as it is not the last one: those after it would never hold';
      issues.push({ code: 'custom', message, path: [all], input: value[all] });
    });
  return z
    .preprocess((written) => (typeof written === 'number' ? [{ is: written }] : written), list)
    .meta({ shortForm: { type: 'number' } })
    .optional()
    .describe(`${row.what} ${row.default} if left out.`);
}

function figureOf({ unit }: Threshold) {
  const error = unit === 'ratio' ? 'expected a ratio from 0 to 1, such as 0.9 for 90 %' : 'expected a number';
  const figure = z.number({ error });
  return unit === 'ratio' ? figure.min(0, { error }).max(1, { error }) : figure;
}

function labelMatcher({ by }: Threshold) {
  const expected = `expected a matcher such as ${by.at(-1)} = "..."`;
  return z.string({ error: expected }).transform((text, context): LabelMatcher => {
    try {
      const parts = splitMatcher(text);
      if (by.includes(parts.label)) return parts;
      const message = `expected one of the labels ${by.join(', ')}; got ${parts.label}`;
      context.issues.push({ code: 'custom', message, input: text });
    } catch (thrown) {
      context.issues.push({ code: 'custom', message: messageOf(thrown), input: text });
    }
    return z.NEVER;
  });
}

const NAMES = Object.keys(THRESHOLDS).filter(isThresholdName);

function isThresholdName(name: string): name is ThresholdName {
  return name in THRESHOLDS;
}

const shape = Object.fromEntries(NAMES.map((name) => [name, figuresOf(threshold(name))]));

/** Thresholds of alerts that are set otherwise, in the configuration. */
export const thresholds = z
  .strictObject(shape, asMap('expected a map of thresholds, such as unit_down_seconds: 600'))
  .transform((written): readonly ThresholdOverride[] =>
    NAMES.flatMap((name) => {
      const figures = written[name];
      return figures === undefined ? [] : [{ name, figures }];
    }),
  );
