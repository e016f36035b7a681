import { unreachableUnits } from '../../config/remediator/impossible.ts';
import { sharedUnits } from '../../config/remediator/own-unit.ts';
import type { Policy } from '../../domain/policy.ts';
import { listWords } from './words.ts';

/** What of a policy's alerts and units may be other than it seems. */
export function matchWarnings(policy: Policy): readonly string[] {
  return [
    ...labelWarning(policy),
    ...anyAlertWarning(policy),
    ...unreachableWarning(policy),
    ...sharedWarning(policy),
  ];
}

function labelWarning({ unit, allow }: Policy): readonly string[] {
  if (unit.kind === 'literal') return [];
  const choice =
    allow.length === 1 ? `whether ${listWords(allow)} is meant` : `which of ${listWords(allow)} is meant`;
  return [`whoever can send an alert chooses ${choice}; its label ${unit.label} is believed`];
}

/** Nothing that anybody calls a value of a label. */
const SOME_VALUE = 'fettle-asks-whether-any-value-will-do';

/** A policy whose matchers ask for no value says what it is not about, or which unit, but not which trouble. */
function anyAlertWarning({ when, unit }: Policy): readonly string[] {
  const aboutUnit = unit.kind === 'label' ? unit.label : 'unit';
  const asksForOne = when.some(
    ({ label, matches }) => label !== aboutUnit && !matches('') && !matches(SOME_VALUE),
  );
  if (asksForOne) return [];
  return [
    `its when asks for no kind of alert, so it acts on nearly every alert about its units; name one, as in alertname = "UnitFailed"`,
  ];
}

function unreachableWarning(policy: Policy): readonly string[] {
  const units = unreachableUnits(policy);
  if (units.length === 0) return [];
  const why = policy.unit.kind === 'literal' ? 'its unit is another one' : 'its when never lets them through';
  return [`allow names ${listWords(units)} in vain: ${why}`];
}

function sharedWarning(policy: Policy): readonly string[] {
  const units = sharedUnits(policy);
  if (units.length === 0) return [];
  return [
    `its steps name ${listWords(units)}, which an alert may be about as well; then the step names the unit itself`,
  ];
}
