import * as z from 'zod';
import type { PolicySet } from '../../domain/policy.ts';
import { PROTECTED_UNITS } from '../../domain/protected-units.ts';
import { asMap } from '../form.ts';
import { type ListenAddress, listenAddress } from '../listen.ts';
import { absoluteFile } from '../path.ts';
import { alertmanager, budgets, gates, storm } from './host.ts';
import { defaults, mode, policy } from './policy.ts';
import { policyOf } from './policy-of.ts';
import { unitPattern } from './units.ts';
import { windows } from './window.ts';

/** More are no longer one machine's, and cannot be read by a person. */
const MOST_POLICIES = 500;

/** The section `remediator:`. */
export const remediator = z
  .strictObject({
    listen: listenAddress.prefault('127.0.0.1:10559').describe('Where it listens for Alertmanager.'),
    mode: mode.default('dry-run'),
    token_file: absoluteFile
      .optional()
      .describe(
        'File with the bearer tokens that the webhook takes, one a line; needed to enforce, and to listen to other machines.',
      ),
    ledger: absoluteFile
      .optional()
      .describe(
        'Where the ledger is kept; left out: ledger.jsonl in $STATE_DIRECTORY, else in /var/lib/fettle for root and in ~/.local/state/fettle for others.',
      ),
    alertmanager: alertmanager.optional(),
    defaults: defaults.prefault({}),
    budgets: budgets.prefault({}).describe('What all policies together may do.'),
    storm: storm.prefault({}),
    gates: gates.prefault({}),
    windows: windows.default([]),
    protect: z
      .strictObject(
        {
          units: z
            .array(unitPattern, { error: 'expected a list of unit names' })
            .default([])
            .describe('Names, in which * stands for any text, added to those that are built in.'),
        },
        asMap('expected a map: write protect: { units: ["postgresql@*"] }'),
      )
      .prefault({})
      .describe('Units that no policy may touch.'),
    policies: z
      .array(policy, { error: 'expected a list of policies, each with - name: and its keys below' })
      .max(MOST_POLICIES, { error: `expected at most ${MOST_POLICIES} policies` })
      .default([])
      .describe('Without any nothing is repaired.'),
  })
  .describe('The half that acts: what may be repaired when Alertmanager tells of an alert.');

/** The acting half. */
export interface RemediatorConfig {
  readonly listen: ListenAddress;
  /** File with the bearer tokens that the webhook takes, one a line; none: anybody on this machine. */
  readonly tokenFile: string | undefined;
  /** Where the ledger is kept; none: the usual place of this user. */
  readonly ledger: string | undefined;
  readonly policySet: PolicySet;
}

/** What was written, in the program's own terms; each policy inherits what it does not say. */
export function remediatorOf(written: z.output<typeof remediator>): RemediatorConfig {
  return {
    listen: written.listen,
    tokenFile: written.token_file,
    ledger: written.ledger,
    policySet: {
      policies: written.policies.map((one) => policyOf(one, written.mode, written.defaults)),
      protectedUnits: [...PROTECTED_UNITS, ...written.protect.units],
      budget: written.budgets.host,
      storm: written.storm,
      windows: written.windows,
      gates: written.gates,
      alertmanager: written.alertmanager,
    },
  };
}
