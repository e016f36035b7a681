import type { MaintenanceWindow, Mode, Policy, PolicySet, RateLimit } from '../../src/domain/policy.ts';
import type { Step } from '../../src/domain/step.ts';
import type { Limits } from '../../src/domain/throttle.ts';

/** Units of the machine, each by its names; the first is its id. */
export const UNITS = [
  ['a.service', 'alias-of-a.service'],
  ['b.service'],
  ['c.service'],
  ['helper.service'],
  ['clean.service'],
  ['eco.service'],
  ['full.service'],
  ['other.service'],
  ['ssh.service', 'innocent.service'],
] as const satisfies readonly (readonly [string, ...string[]])[];

/** Those that run to their end. */
export const ONESHOTS = ['clean.service', 'eco.service', 'full.service'] as const;

/** Units with which something can happen. */
export const TROUBLED = ['a.service', 'b.service', 'c.service', 'ssh.service', 'other.service'] as const;

/** Names that no policy may touch, under whichever name. */
export const PROTECTED = ['ssh.service'] as const;

/** What can be set, and changed while fettle runs. */
export interface Settings {
  /** Policies that only rehearse, and those that are not there. */
  readonly dryRun: readonly PolicyName[];
  readonly gone: readonly PolicyName[];
  readonly concurrent: 1 | 2;
  readonly unitLimits: readonly RateLimit[];
  readonly hostLimits: readonly RateLimit[];
  readonly cooldownSeconds: number;
  readonly stormUnits: number;
  /** What the window that comes every two hours forbids; undefined: there is none. */
  readonly windowBlocks: readonly Step['action'][] | undefined;
  readonly probe: boolean;
}

const WAIT = { waitSeconds: 20, onlyIf: [] } as const;

const RESTART = { ...WAIT, action: 'restart', also: [], evenIfActive: false } as const;

function limits(changes: Partial<Limits>): Limits {
  return {
    cpuQuota: undefined,
    memoryHigh: undefined,
    cpuWeight: undefined,
    ioWeight: undefined,
    ...changes,
  };
}

const TOO_HOT = {
  text: 'gpu_temperature_celsius > 90',
  quantity: 'gpu_temperature_celsius',
  operator: '>',
  value: 90,
} as const;

/** Ladders of the policies, and which units they allow. The alert of each has the name of its policy. */
export const LADDERS = {
  crashed: {
    allow: ['a.service', 'alias-of-a.service', 'b.service', 'innocent.service', 'ghost.service'],
    unit: undefined,
    steps: [
      RESTART,
      { ...RESTART, also: ['helper.service'] },
      { ...WAIT, action: 'run', unit: 'clean.service', followUp: 'restart' },
    ],
  },
  hot: {
    allow: ['c.service'],
    unit: 'c.service',
    steps: [
      { ...WAIT, action: 'throttle', limits: limits({ cpuQuota: 0.5, memoryHigh: 1_000_000 }) },
      { ...WAIT, action: 'throttle', limits: limits({ cpuQuota: 0.25 }) },
      { ...WAIT, action: 'stop', onlyIf: [TOO_HOT] },
    ],
  },
  noisy: {
    allow: ['c.service'],
    unit: 'c.service',
    steps: [
      {
        ...WAIT,
        waitSeconds: 300,
        action: 'throttle',
        limits: limits({ cpuQuota: 0.1, cpuWeight: 10 }),
      },
    ],
  },
  power: {
    allow: ['c.service'],
    unit: 'c.service',
    steps: [
      { ...WAIT, action: 'power_mode', unit: 'eco.service', undo: 'full.service' },
      { ...WAIT, action: 'notify', message: 'too much power' },
    ],
  },
  leaking: {
    allow: ['b.service', 'c.service'],
    unit: undefined,
    steps: [
      { ...RESTART, evenIfActive: true },
      { ...WAIT, action: 'reload' },
    ],
  },
  stuck: {
    allow: ['b.service'],
    unit: undefined,
    steps: [
      { ...WAIT, action: 'reset_failed', waitSeconds: 5 },
      { ...WAIT, action: 'start' },
    ],
  },
} as const satisfies Readonly<
  Record<
    string,
    { readonly allow: readonly string[]; readonly unit: string | undefined; readonly steps: readonly Step[] }
  >
>;

/** Names of the policies. */
export type PolicyName = keyof typeof LADDERS;

/** All of them. */
export const POLICY_NAMES: readonly PolicyName[] = ['crashed', 'hot', 'noisy', 'power', 'leaking', 'stuck'];

/** How long a ladder that was given up rests. */
export const HOLD_SECONDS = 900;

/** An alert may wait so long for its decision. */
export const MAX_ALERT_AGE_SECONDS = 300;

/** How long a unit is left alone after somebody else had a hand in it. */
export const BLAME = { otherHandsSeconds: 120, packagesSeconds: 90, bootSeconds: 60 } as const;

/** The maintenance window: so long, in each stretch of so long, by the wall clock. */
export const WINDOW = { everySeconds: 7200, lastsSeconds: 600 } as const;

/** What the gates allow. */
export const MAX_CELSIUS = 95;

/** The step of a policy, if there is such a policy and it has so many. */
export function stepOf(policy: string, index: number): Step | undefined {
  return POLICY_NAMES.map((name) => (name === policy ? LADDERS[name].steps[index] : undefined)).find(
    (step) => step !== undefined,
  );
}

/** The policies under some settings. */
export function policySet(settings: Settings): PolicySet {
  const { dryRun, gone, concurrent, hostLimits, stormUnits, windowBlocks } = settings;
  const named = POLICY_NAMES.filter((name) => !gone.includes(name));
  return {
    policies: named.map((name) => policyOf(name, dryRun.includes(name) ? 'dry-run' : 'enforce', settings)),
    protectedUnits: PROTECTED,
    budget: { concurrent, limits: hostLimits },
    storm: { units: stormUnits, windowSeconds: 60 },
    windows: windowBlocks === undefined ? [] : [windowOf(windowBlocks)],
    gates: { xid: true, maxCelsius: MAX_CELSIUS },
    alertmanager: { url: 'http://127.0.0.1:9093', bearerTokenFile: undefined, timeoutSeconds: 5 },
  };
}

function policyOf(name: PolicyName, mode: Mode, settings: Settings): Policy {
  const { allow, unit, steps } = LADDERS[name];
  const { cooldownSeconds, unitLimits, probe } = settings;
  return {
    name,
    mode,
    when: [{ label: 'alertname', text: `alertname = "${name}"`, matches: (value) => value === name }],
    unit: unit === undefined ? { kind: 'label', label: 'unit' } : { kind: 'literal', name: unit },
    allow,
    steps,
    giveUpSeconds: HOLD_SECONDS,
    cooldown: {
      baseSeconds: cooldownSeconds,
      factor: 2,
      maxSeconds: cooldownSeconds * 8,
      resetAfterSeconds: 1800,
    },
    limits: unitLimits,
    verify: {
      holdSeconds: 1,
      timeoutSeconds: 4,
      probe: probe && name === 'crashed' ? 'web' : undefined,
      gpuMemoryFreed: false,
    },
    maxAlertAgeSeconds: MAX_ALERT_AGE_SECONDS,
    blame: BLAME,
    undoesOnResolve: true,
  };
}

function windowOf(blocks: readonly Step['action'][]): MaintenanceWindow {
  const everyMs = WINDOW.everySeconds * 1000;
  return {
    name: 'backup',
    text: 'every two hours, 10m',
    lastsSeconds: WINDOW.lastsSeconds,
    blocks,
    nextBeginning: (after) => new Date((Math.floor(after.getTime() / everyMs) + 1) * everyMs),
  };
}
