import { CGROUP_FAMILIES, type CgroupFamily } from '../domain/cgroup.ts';
import type { Cooldown, Policy, PolicySet, Verification } from '../domain/policy.ts';
import { PROTECTED_UNITS } from '../domain/protected-units.ts';
import type { ListenAddress } from './listen.ts';
import type { TextTest } from './pattern.ts';
import { DEFAULT_COOLDOWN, DEFAULT_VERIFICATION, type WrittenConfig } from './schema.ts';

/** Everything that a person can set, in the program's own terms. */
export interface Config {
  readonly exporter: ExporterConfig;
  readonly remediator: RemediatorConfig;
}

/** The reading half. */
export interface ExporterConfig {
  readonly listen: ListenAddress;
  /** Whether a unit is exported. */
  readonly includesUnit: TextTest;
  /** Which groups of values are read of each unit's cgroup. */
  readonly cgroupFamilies: readonly CgroupFamily[];
  /** Where sysfs is mounted. */
  readonly sysfs: string;
}

/** The acting half. */
export interface RemediatorConfig {
  readonly listen: ListenAddress;
  /** File with the bearer tokens that the webhook takes, one a line; none: anybody on this machine. */
  readonly tokenFile: string | undefined;
  /** Where the ledger is kept; none: the usual place of this user. */
  readonly ledger: string | undefined;
  readonly policySet: PolicySet;
}

/** Translates what was written, and lets each policy inherit what it does not say. */
export function configOf(written: WrittenConfig): Config {
  const { exporter, remediator } = written;
  const { include, exclude } = exporter.systemd;
  return {
    exporter: {
      listen: exporter.listen,
      includesUnit: (name) => include(name) && !exclude(name),
      cgroupFamilies: CGROUP_FAMILIES.filter((family) => exporter.cgroup[family]),
      sysfs: exporter.sysfs,
    },
    remediator: {
      listen: remediator.listen,
      tokenFile: remediator.token_file,
      ledger: remediator.ledger,
      policySet: {
        policies: remediator.policies.map((policy) => policyOf(policy, remediator)),
        protectedUnits: [...PROTECTED_UNITS, ...remediator.protect.units],
      },
    },
  };
}

type WrittenRemediator = WrittenConfig['remediator'];
type WrittenPolicy = WrittenRemediator['policies'][number];
type WrittenCooldown = WrittenRemediator['defaults']['cooldown'];
type WrittenVerification = WrittenRemediator['defaults']['verify'];

function policyOf(written: WrittenPolicy, { mode, defaults }: WrittenRemediator): Policy {
  const { name, when, unit, allow, steps } = written;
  return {
    name,
    mode: written.mode ?? mode,
    when,
    unit,
    allow,
    steps,
    cooldown: cooldownOf(written.cooldown ?? {}, defaults.cooldown),
    verify: verificationOf(written.verify ?? {}, defaults.verify),
  };
}

function cooldownOf(own: WrittenCooldown, shared: WrittenCooldown): Cooldown {
  return {
    baseSeconds: own.base ?? shared.base ?? DEFAULT_COOLDOWN.baseSeconds,
    factor: own.factor ?? shared.factor ?? DEFAULT_COOLDOWN.factor,
    maxSeconds: own.max ?? shared.max ?? DEFAULT_COOLDOWN.maxSeconds,
    resetAfterSeconds: own.reset_after ?? shared.reset_after ?? DEFAULT_COOLDOWN.resetAfterSeconds,
  };
}

function verificationOf(own: WrittenVerification, shared: WrittenVerification): Verification {
  return {
    holdSeconds: own.for ?? shared.for ?? DEFAULT_VERIFICATION.holdSeconds,
    timeoutSeconds: own.timeout ?? shared.timeout ?? DEFAULT_VERIFICATION.timeoutSeconds,
  };
}
