import { Failure } from '../../src/domain/errors.ts';
import type { Outcome, ServiceManager } from '../../src/domain/repair.ts';
import type { UnitAction } from '../../src/domain/step.ts';
import { LIMIT_PROPERTIES, type Limits, type LimitValues } from '../../src/domain/throttle.ts';
import { ANSWER_MS, ask, type Call } from './io.ts';
import type { Owner, WorldTime } from './time.ts';
import { isUp, type SimUnit, type Units, unitOf } from './units.ts';

/**
 * What becomes of jobs: `slow` ones take 20 s; of `late` ones the answer comes after 200 s, of `silent` ones never;
 * `lost` ones are never done; `dies`: "done" is said of a unit that fails at once; `hangs`: it is being started for ever.
 */
export const JOB_MOODS = [
  'prompt',
  'slow',
  'refuses',
  'late',
  'silent',
  'lost',
  'dies',
  'fails',
  'hangs',
] as const;

/** One of them. */
export type JobMood = (typeof JOB_MOODS)[number];

/** What becomes of looks at units. */
export const LOOK_MOODS = ['prompt', 'away', 'silent'] as const;

/** One of them. */
export type LookMood = (typeof LOOK_MOODS)[number];

/** How the manager is at the moment. */
export interface Moods {
  jobs: JobMood;
  looks: LookMood;
}

/** What was asked of the manager that changes something. */
export interface Asked {
  readonly owner: Owner;
  readonly action: UnitAction | 'limit';
  /** As it was asked for, and its own name if there is such a unit. */
  readonly name: string;
  readonly unit: string;
  readonly values: LimitValues;
}

/** What the manager needs. */
export interface ManagerOptions {
  readonly time: WorldTime;
  readonly units: Units;
  readonly moods: Moods;
  readonly owner: Owner;
  /** Called when something is asked for that changes something. */
  readonly onAsked: (asked: Asked) => void;
}

const ARRIVES_MS = 10;

const TIMES: Readonly<Record<JobMood, Pick<Call<unknown>, 'effectMs' | 'answerMs'>>> = {
  prompt: { effectMs: 300, answerMs: ANSWER_MS },
  slow: { effectMs: 20_000, answerMs: ANSWER_MS },
  refuses: { effectMs: ARRIVES_MS, answerMs: ANSWER_MS },
  late: { effectMs: 300, answerMs: 200_000 },
  silent: { effectMs: 300, answerMs: undefined },
  lost: { effectMs: undefined, answerMs: undefined },
  dies: { effectMs: 300, answerMs: ANSWER_MS },
  fails: { effectMs: 300, answerMs: ANSWER_MS },
  hangs: { effectMs: 300, answerMs: 90_000 },
};

/** How long a unit lives of which "done" is said although it dies at once. */
const SHORT_LIFE_MS = 200;

/** Gives a service manager of simulated units, as one process of fettle sees it. */
export function createSimManager({ time, units, moods, owner, onAsked }: ManagerOptions): ServiceManager {
  function told(name: string, jobResult: string, detail: string): Outcome {
    const sim = units.of(name);
    const unit = sim === undefined ? undefined : unitOf(sim, name);
    return { accepted: true, jobResult, detail, unit };
  }

  function refused(detail: string): Outcome {
    return { accepted: false, jobResult: '', detail, unit: undefined };
  }

  function start(sim: SimUnit, mood: JobMood): string {
    if (mood === 'hangs') {
      units.startUp(sim);
      return 'timeout';
    }
    units.run(sim);
    if (mood === 'fails') {
      units.fail(sim);
      return 'failed';
    }
    if (mood === 'dies') time.after(SHORT_LIFE_MS, 'machine', () => units.fail(sim));
    return 'done';
  }

  /** Gives the job's result. */
  function carryOut(action: UnitAction, sim: SimUnit, mood: JobMood): string {
    switch (action) {
      case 'restart':
        return start(sim, mood);
      case 'start':
        return isUp(sim) ? 'done' : start(sim, mood);
      case 'stop':
        units.stop(sim);
        return 'done';
      case 'reload':
        return 'done';
      case 'reset_failed':
        units.resetFailed(sim);
        return '';
      default:
        return action satisfies never;
    }
  }

  function look<T>(signal: AbortSignal, effect: () => T): Promise<T> {
    const answerMs = moods.looks === 'silent' ? undefined : ANSWER_MS;
    const away = moods.looks === 'away';
    return ask(time, owner, signal, {
      effectMs: ARRIVES_MS,
      answerMs,
      effect() {
        if (away) throw new Failure('unreachable', 'the bus is away');
        return effect();
      },
    });
  }

  return {
    kind: 'simulated',
    inspect: ({ name }, signal) =>
      look(signal, () => {
        const sim = units.of(name);
        return sim === undefined ? undefined : unitOf(sim, name);
      }),
    run(action, { name }, signal) {
      const mood = moods.jobs;
      onAsked({ owner, action, name, unit: units.of(name)?.id ?? name, values: {} });
      return ask(time, owner, signal, {
        ...TIMES[mood],
        effect() {
          const sim = units.of(name);
          if (mood === 'refuses' || sim === undefined || sim.isMasked)
            return refused(`no ${action} of ${name}`);
          return told(name, carryOut(action, sim, mood), `${action} of ${name}`);
        },
      });
    },
    limitsOf: ({ name }, limits, signal) =>
      look(signal, () => {
        const sim = units.of(name);
        if (sim === undefined) throw new Failure('not-found', `there is no ${name}`);
        return valuesOf(sim, limits);
      }),
    setLimits({ name }, values, signal) {
      const mood = moods.jobs;
      onAsked({ owner, action: 'limit', name, unit: units.of(name)?.id ?? name, values });
      const effectMs = mood === 'lost' ? undefined : ARRIVES_MS;
      return ask(time, owner, signal, {
        effectMs,
        answerMs: TIMES[mood].answerMs,
        effect() {
          const sim = units.of(name);
          if (mood === 'refuses' || sim === undefined) return refused(`no limits for ${name}`);
          sim.limits = { ...sim.limits, ...values };
          return told(name, 'done', `limits of ${name}`);
        },
      });
    },
  };
}

const NAMES = ['cpuQuota', 'memoryHigh', 'cpuWeight', 'ioWeight'] as const;

function valuesOf(sim: SimUnit, limits: Limits): LimitValues {
  const wanted = LIMIT_PROPERTIES.filter((_, index) => {
    const name = NAMES[index];
    return name !== undefined && limits[name] !== undefined;
  });
  return Object.fromEntries(
    wanted.flatMap((property) => {
      const value = sim.limits[property];
      return value === undefined ? [] : [[property, value]];
    }),
  );
}
