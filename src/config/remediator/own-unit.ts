import type { Policy } from '../../domain/policy.ts';
import { unitType } from '../../domain/unit.ts';
import type { PathProblem } from '../explain.ts';

/** A unit that a step names beside that of the alert, and where. */
interface NamedUnit {
  readonly path: readonly (string | number)[];
  readonly name: string;
}

/** Steps that name the unit of their own policy as if it were another one, or one that cannot be throttled. */
export function ownUnitProblems(policy: Policy): readonly PathProblem[] {
  const [only, ...others] = targetsOf(policy);
  const own = others.length > 0 ? [] : namedUnits(policy).filter(({ name }) => name === only);
  return [
    ...own.map(({ path, name }) => ({
      path,
      message: `expected another unit than ${name}, the unit of this policy itself`,
    })),
    ...sameModes(policy),
    ...unthrottled(policy),
    ...twiceAllowed(policy),
  ];
}

/** Units that are named beside the alert's, and that the alert may be about as well; only where there are several. */
export function sharedUnits(policy: Policy): readonly string[] {
  const targets = targetsOf(policy);
  return targets.length < 2
    ? []
    : [...new Set(namedUnits(policy).map(({ name }) => name))].filter((name) => targets.includes(name));
}

function targetsOf({ unit, allow }: Policy): readonly string[] {
  return unit.kind === 'literal' ? [unit.name] : allow;
}

function namedUnits({ steps }: Policy): readonly NamedUnit[] {
  return steps.flatMap((step, index): readonly NamedUnit[] => {
    const at = ['steps', index, step.action];
    switch (step.action) {
      case 'restart':
        return step.also.map((name, place) => ({ path: [...at, 'also', place], name }));
      case 'run':
        return [{ path: at, name: step.unit }];
      case 'power_mode': {
        const undo = step.undo === undefined ? [] : [{ path: [...at, 'undo'], name: step.undo }];
        return [{ path: [...at, 'unit'], name: step.unit }, ...undo];
      }
      default:
        return [];
    }
  });
}

function sameModes({ steps }: Policy): readonly PathProblem[] {
  return steps.flatMap((step, index) =>
    step.action === 'power_mode' && step.undo === step.unit
      ? [
          {
            path: ['steps', index, 'power_mode', 'undo'],
            message: `expected another service than ${step.unit}, which sets the mode that is to be undone`,
          },
        ]
      : [],
  );
}

/** What has processes whose share can be set. */
const THROTTLED = ['service', 'slice', 'scope'];

function unthrottled(policy: Policy): readonly PathProblem[] {
  const index = policy.steps.findIndex(({ action }) => action === 'throttle');
  if (index === -1) return [];
  return policy.allow.flatMap((name, place) =>
    targetsOf(policy).includes(name) && !THROTTLED.includes(unitType(name))
      ? [
          {
            path: ['allow', place],
            message: `expected a service, since step ${index + 1} throttles it; a ${unitType(name)} has no processes of its own`,
          },
        ]
      : [],
  );
}

function twiceAllowed({ allow }: Policy): readonly PathProblem[] {
  const seen = new Set<string>();
  return allow.flatMap((name, place) => {
    if (seen.has(name))
      return [{ path: ['allow', place], message: 'expected each unit once; remove this one' }];
    seen.add(name);
    return [];
  });
}
