import fc from 'fast-check';
import { ALERTS, BEGINNINGS } from './alertmanager.ts';
import { MATTERS } from './around.ts';
import { type Command, PLAIN_SETTINGS, type Story } from './commands.ts';
import { JOB_MOODS, LOOK_MOODS } from './manager.ts';
import { POLICY_NAMES, type Settings, TROUBLED } from './policies.ts';
import { EVENTS } from './units.ts';

/** Longest history. */
const MOST_COMMANDS = 20;

/** Alerts upon which something can be done; of the others many are refused. */
const FRUITFUL = [0, 2, 8, 9, 10, 11, 13];

const someAlert = fc.oneof(fc.nat(ALERTS.length - 1), fc.constantFrom(...FRUITFUL));

const limits = (counts: readonly number[]) =>
  fc.constantFrom(...counts.map((count) => [{ count, windowSeconds: 600 }]), [
    { count: 1, windowSeconds: 120 },
    { count: 3, windowSeconds: 3600 },
  ]);

const somePolicies = fc.oneof(
  { weight: 3, arbitrary: fc.constant([]) },
  { weight: 1, arbitrary: fc.subarray([...POLICY_NAMES], { maxLength: 2 }) },
);

const SETTINGS = {
  dryRun: somePolicies,
  gone: somePolicies,
  concurrent: fc.constantFrom<1 | 2>(1, 2),
  unitLimits: limits([3, 1, 6]),
  hostLimits: limits([6, 2, 20]),
  cooldownSeconds: fc.constantFrom(30, 1, 120),
  stormUnits: fc.constantFrom(9, 3),
  windowBlocks: fc.constantFrom<Settings['windowBlocks']>(undefined, [], ['restart', 'throttle']),
  probe: fc.boolean(),
};

const settings: fc.Arbitrary<Settings> = fc
  .record(SETTINGS, { requiredKeys: [] })
  .map((change) => ({ ...PLAIN_SETTINGS, ...change }));

const death = {
  events: fc.nat(40),
  lines: fc.nat(2),
  down: fc.constantFrom(1, 10, 120),
};

function of<D extends Command['do']>(
  weight: number,
  arbitrary: fc.Arbitrary<Extract<Command, { readonly do: D }>>,
): { readonly weight: number; readonly arbitrary: fc.Arbitrary<Command> } {
  return { weight, arbitrary };
}

const is = <D extends Command['do']>(name: D) => fc.constant(name);

const command: fc.Arbitrary<Command> = fc.oneof(
  of(14, fc.record({ do: is('pass'), seconds: fc.constantFrom(1, 5, 30, 90, 300, 900, 3600) })),
  of(16, fc.record({ do: is('trouble'), alert: someAlert, seconds: fc.constantFrom(0, 10) })),
  of(5, fc.record({ do: is('unit'), unit: fc.constantFrom(...TROUBLED), event: fc.constantFrom(...EVENTS) })),
  of(
    4,
    fc.record({
      do: is('fire'),
      alerts: fc.array(someAlert, { minLength: 1, maxLength: 4 }),
      beginning: fc.constantFrom(...BEGINNINGS),
      copies: fc.constantFrom(1, 2),
    }),
  ),
  of(5, fc.record({ do: is('resolve'), alerts: fc.array(someAlert, { minLength: 1, maxLength: 4 }) })),
  of(3, fc.record({ do: is('repeat') })),
  of(6, fc.record({ do: is('jobs'), mood: fc.constantFrom(...JOB_MOODS) })),
  of(2, fc.record({ do: is('looks'), mood: fc.constantFrom(...LOOK_MOODS) })),
  of(3, fc.record({ do: is('disk'), state: fc.constantFrom('works', 'slow', 'full') })),
  of(4, fc.record({ do: is('pause'), seconds: fc.constantFrom(undefined, 60, 600) })),
  of(2, fc.record({ do: is('resume') })),
  of(4, fc.record({ do: is('matter'), matter: fc.constantFrom(...MATTERS), isOn: fc.boolean() })),
  of(1, fc.record({ do: is('packages') })),
  of(
    2,
    fc.record({
      do: is('limit'),
      property: fc.constantFrom('CPUQuotaPerSecUSec', 'MemoryHigh', 'CPUWeight'),
      value: fc.constantFrom('700', '800'),
    }),
  ),
  of(3, fc.record({ do: is('jump'), seconds: fc.constantFrom(3600, -3600, 315_360_000) })),
  of(1, fc.record({ do: is('suspend'), seconds: fc.constantFrom(30, 3600) })),
  of(
    2,
    fc.record({
      do: is('settings'),
      change: fc.record(SETTINGS, { requiredKeys: [] }),
    }),
  ),
  of(8, fc.record({ do: is('crash'), ...death })),
  of(2, fc.record({ do: is('reboot'), ...death })),
  of(2, fc.record({ do: is('stop'), down: death.down })),
);

/** Any history. */
export const story: fc.Arbitrary<Story> = fc.record({
  settings,
  commands: fc.array(command, { minLength: 1, maxLength: MOST_COMMANDS, size: 'max' }),
});
