import type { Alert } from '../domain/alert.ts';
import type { Policy, UnitTemplate } from '../domain/policy.ts';

/**
 * Whether all of a policy's matchers hold for an alert. A policy without matchers holds for none.
 *
 * A label that the alert lacks counts as empty, as in Alertmanager.
 */
export function matchesPolicy(policy: Policy, alert: Alert): boolean {
  return (
    policy.when.length > 0 &&
    policy.when.every((matcher) => matcher.matches(alert.labels.get(matcher.label) ?? ''))
  );
}

/** The name of the unit that an alert asks to repair; empty if the alert does not say. */
export function targetUnit(template: UnitTemplate, alert: Alert): string {
  return template.kind === 'literal' ? template.name : (alert.labels.get(template.label) ?? '');
}
