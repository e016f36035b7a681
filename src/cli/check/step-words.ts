import type { Policy } from '../../domain/policy.ts';
import { type Step, startsUnit } from '../../domain/step.ts';
import type { Limits } from '../../domain/throttle.ts';
import { listWords, row, timeWords } from './words.ts';

/** The ladder of a policy: what each step does, on which condition, and what comes after it. */
export function ladderWords({ steps, giveUpSeconds, verify }: Policy): readonly string[] {
  const hold = timeWords(giveUpSeconds);
  return [
    ...steps.flatMap((step, index) => {
      const next = index === steps.length - 1 ? 'gives up' : `goes on with step ${index + 2}`;
      const [first = '', ...rest] = [
        ...conditionWords(step),
        actionWords(step, verify.probe),
        afterWords(step, next, index === steps.length - 1),
      ];
      return [row(`step ${index + 1}`, first), ...rest.map((words) => row('', words))];
    }),
    row(
      'gives up',
      `by saying so in the ledger and in a metric; leaves this unit alone for ${hold}, then tries step 1 once more`,
    ),
  ];
}

function conditionWords({ onlyIf }: Step): readonly string[] {
  if (onlyIf.length === 0) return [];
  const all = listWords(onlyIf.map(({ text }) => text));
  return [
    `only if ${all}, as read on this machine right then; it waits for that, 1h at most, and else ends here`,
  ];
}

/** `probe` is that of the policy: a unit that is active while it fails is not well. */
function actionWords(step: Step, probe: string | undefined): string {
  const unlessWell = `unless it is active again by then${probe === undefined ? '' : ` and the probe ${probe} succeeds`}`;
  switch (step.action) {
    case 'restart': {
      const also = step.also.length === 0 ? '' : ` together with ${listWords(step.also)}`;
      const active = step.evenIfActive ? 'even if it is active and looks well' : unlessWell;
      return `restarts the unit${also}, ${active}; its failed state is cleared first`;
    }
    case 'start':
      return `starts the unit, ${unlessWell}; its failed state is cleared first`;
    case 'stop':
      return 'stops the unit, if it runs, which then stays stopped until somebody starts it';
    case 'reload':
      return 'has the unit read its configuration again, if it runs';
    case 'reset_failed':
      return 'clears the failed state of the unit; nothing is started';
    case 'run':
      return step.followUp === undefined
        ? `runs ${step.unit} to its end`
        : `runs ${step.unit} to its end, then ${step.followUp}s the unit, ${unlessWell}`;
    case 'throttle':
      return `throttles the unit, if it runs, to ${givenWords(step.limits)}`;
    case 'power_mode':
      return step.undo === undefined
        ? `changes the power mode by running ${step.unit}, for good`
        : `changes the power mode by running ${step.unit}; once the alert is over, ${step.undo} is run`;
    case 'notify':
      return `does nothing but tell, in the ledger, the log and a metric: ${step.message}`;
    default:
      return step satisfies never;
  }
}

function givenWords({ cpuQuota, memoryHigh, cpuWeight, ioWeight }: Limits): string {
  const given = [
    ...(cpuQuota === undefined ? [] : [`${Math.round(cpuQuota * 100)}% of one processor`]),
    ...(memoryHigh === undefined ? [] : [`${memoryWords(memoryHigh)} of memory before it is slowed down`]),
    ...(cpuWeight === undefined ? [] : [`CPU weight ${cpuWeight}`]),
    ...(ioWeight === undefined ? [] : [`IO weight ${ioWeight}`]),
  ];
  return listWords(given);
}

const SIZES = [
  ['TiB', 1024 ** 4],
  ['GiB', 1024 ** 3],
  ['MiB', 1024 ** 2],
] as const;

function memoryWords(bytes: number): string {
  const [name, size] = SIZES.find(([, one]) => bytes >= one && bytes % one === 0) ?? [];
  return name === undefined || size === undefined ? `${bytes} bytes` : `${bytes / size} ${name}`;
}

function afterWords(step: Step, next: string, isLast: boolean): string {
  const wait = timeWords(step.waitSeconds);
  if (isLast && startsUnit(step)) return `if that is not proven to have helped, it ${next}`;
  return startsUnit(step)
    ? `if that is not proven to have helped, and the alert is still there ${wait} later, it ${next}`
    : `if the alert is still there ${wait} later, it ${next}`;
}
