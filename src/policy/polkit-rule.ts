import type { Policy } from '../domain/policy.ts';
import type { Step } from '../domain/step.ts';

/** Verbs of systemd as it tells them to polkit, by unit; what does not stand here is not granted. */
export type Grants = ReadonlyMap<string, ReadonlySet<string>>;

/** Who is granted something, and what it was made from. */
export interface PolkitRuleOptions {
  readonly user: string;
  /** The file as people know it; any text. */
  readonly file: string;
}

/** What one step needs of one unit. */
interface Need {
  readonly unit: string;
  readonly verbs: readonly string[];
}

/**
 * What policies need of systemd, whatever their mode: each unit once, with its verbs.
 *
 * A policy whose unit is written out needs that one alone, of all that it allows.
 */
export function grantsOf(policies: readonly Policy[]): Grants {
  const grants = new Map<string, Set<string>>();
  for (const { unit, verbs } of policies.flatMap(needsOf)) {
    const known = grants.get(unit) ?? new Set();
    for (const verb of verbs) known.add(verb);
    grants.set(unit, known);
  }
  return grants;
}

function needsOf({ unit, allow, steps }: Policy): readonly Need[] {
  const targets = unit.kind === 'label' ? allow : allow.filter((name) => name === unit.name);
  return steps
    .flatMap((step) => [
      ...targets.map((target) => ({ unit: target, verbs: targetVerbs(step) })),
      ...otherNeeds(step),
    ])
    .filter(({ verbs }) => verbs.length > 0);
}

const RESTART = ['restart', 'reset-failed'] as const;
/** A failed unit that has met its start limit is started by nobody before that. */
const START = ['start', 'reset-failed'] as const;

/** What a step needs of the unit of the alert. Source: systemd 252, `method_*_unit` in `dbus-unit.c`. */
function targetVerbs(step: Step): readonly string[] {
  switch (step.action) {
    case 'restart':
      return RESTART;
    case 'start':
      return START;
    case 'stop':
    case 'reload':
      return [step.action];
    case 'reset_failed':
      return ['reset-failed'];
    case 'throttle':
      return ['set-property'];
    case 'run':
      if (step.followUp === undefined) return [];
      return step.followUp === 'restart' ? RESTART : START;
    case 'power_mode':
    case 'notify':
      return [];
    default:
      return step satisfies never;
  }
}

function otherNeeds(step: Step): readonly Need[] {
  switch (step.action) {
    case 'restart':
      return step.also.map((unit) => ({ unit, verbs: RESTART }));
    case 'run':
      return [{ unit: step.unit, verbs: START }];
    case 'power_mode':
      return [step.unit, ...(step.undo === undefined ? [] : [step.undo])].map((unit) => ({
        unit,
        verbs: START,
      }));
    default:
      return [];
  }
}

/**
 * A rule for polkit that lets one user do what the policies that enforce need of systemd, and nothing else.
 *
 * All that systemd asks about this user beside that is denied, also where another rule would allow it later; other
 * users are left to other rules. What policies in dry run would need stands in comments. ECMAScript 5: polkit may
 * have any of two engines.
 */
export function polkitRule(policies: readonly Policy[], { user, file }: PolkitRuleOptions): string {
  const enforced = policies.filter(({ mode }) => mode === 'enforce');
  const rehearsed = policies.filter(({ mode }) => mode !== 'enforce');
  return `${[
    ...header(user, file),
    'polkit.addRule(function (action, subject) {',
    `  if (subject.user !== ${quoted(user)} || action.id.indexOf("org.freedesktop.systemd1.") !== 0) {`,
    '    return polkit.Result.NOT_HANDLED;',
    '  }',
    '  // Unit, and what may be done to it.',
    ...grantLines(enforced),
    ...rehearsedLines(rehearsed),
    '  var unit = action.lookup("unit");',
    '  var verb = action.lookup("verb");',
    '  // Without both it is about no one unit: all failures at once, or a program of its own.',
    '  if (action.id !== "org.freedesktop.systemd1.manage-units" || !unit || !verb) {',
    '    return polkit.Result.NO;',
    '  }',
    '  if (!Object.prototype.hasOwnProperty.call(grants, unit)) return polkit.Result.NO;',
    '  return grants[unit].indexOf(verb) >= 0 ? polkit.Result.YES : polkit.Result.NO;',
    '});',
  ].join('\n')}\n`;
}

function header(user: string, file: string): readonly string[] {
  return [
    '// What the policies of fettle need of systemd, and nothing else.',
    `// Made for the user ${quoted(user)} from ${quoted(file)} by: fettle polkit`,
    '//',
    '// Install it as /etc/polkit-1/rules.d/10-fettle.rules, readable for polkit (mode 0644); polkit takes it over at',
    '// once. Make it anew whenever policies change. A rule of a file whose name comes before this one goes first.',
    '// systemd tells polkit the name that a unit has itself: an alias in a policy is not granted.',
    '',
  ];
}

function grantLines(enforced: readonly Policy[]): readonly string[] {
  const grants = [...grantsOf(enforced)];
  if (grants.length === 0) return ['  // No policy enforces: nothing is granted.', '  var grants = {};'];
  return [
    '  var grants = {',
    ...grants.map(([unit, verbs], index) => {
      const comma = index === grants.length - 1 ? '' : ',';
      return `    ${quoted(unit)}: [${[...verbs].map(quoted).join(', ')}]${comma} // ${users(enforced, unit)}`;
    }),
    '  };',
  ];
}

function rehearsedLines(rehearsed: readonly Policy[]): readonly string[] {
  const grants = [...grantsOf(rehearsed)];
  if (grants.length === 0) return [];
  return [
    '  // In dry run, so not granted:',
    ...grants.map(
      ([unit, verbs]) =>
        `  //   ${quoted(unit)}: [${[...verbs].map(quoted).join(', ')}] // ${users(rehearsed, unit)}`,
    ),
  ];
}

/** Names of the policies that need a unit. */
function users(policies: readonly Policy[], unit: string): string {
  return policies
    .filter((policy) => grantsOf([policy]).has(unit))
    .map(({ name }) => name)
    .join(', ');
}

/** A text as JavaScript and JSON write it, on one line and in ASCII, so that nothing in it can end a comment. */
function quoted(text: string): string {
  return JSON.stringify(text).replace(
    /[^\x20-\x7e]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}
