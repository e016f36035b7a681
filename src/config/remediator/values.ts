import type { Matcher, Policy } from '../../domain/policy.ts';
import { onlyValue } from '../matcher.ts';

/** A value that a label must have. */
export interface Value {
  readonly label: string;
  readonly value: string;
}

/** The values that labels must have for matchers to take them. */
export function valuesOf(matchers: readonly Matcher[]): readonly Value[] {
  return matchers.flatMap((matcher) => {
    const value = onlyValue(matcher);
    return value === undefined ? [] : [{ label: matcher.label, value }];
  });
}

/** The value that the label must have from which a policy takes its unit, for it to be this unit. */
export function labelValue({ unit }: Pick<Policy, 'unit'>, name: string): readonly Value[] {
  return unit.kind === 'label' ? [{ label: unit.label, value: name }] : [];
}

/** Whether labels can have all these values, and all these matchers take them. */
export function consistent(values: readonly Value[], matchers: readonly Matcher[]): boolean {
  const byLabel = new Map(values.map(({ label, value }) => [label, value]));
  return (
    values.every(({ label, value }) => byLabel.get(label) === value) &&
    matchers.every(({ label, matches }) => {
      const value = byLabel.get(label);
      return value === undefined || matches(value);
    })
  );
}
