import type * as z from 'zod';
import type { BlameWindow, Cooldown, Mode, Policy, Verification } from '../../domain/policy.ts';
import type { defaults, policy } from './policy.ts';

type WrittenPolicy = z.output<typeof policy>;
type WrittenDefaults = z.output<typeof defaults>;
type WrittenCooldown = NonNullable<WrittenDefaults['cooldown']>;
type WrittenVerification = NonNullable<WrittenDefaults['verify']>;
type WrittenBlame = NonNullable<WrittenDefaults['blame']>;

/** What holds where neither a policy nor the defaults say anything. */
const BUILT_IN = {
  cooldown: { baseSeconds: 120, factor: 2, maxSeconds: 3600, resetAfterSeconds: 21_600 },
  limits: [
    { count: 3, windowSeconds: 3600 },
    { count: 10, windowSeconds: 86_400 },
  ],
  verify: { holdSeconds: 30, timeoutSeconds: 180 },
  maxAlertAgeSeconds: 600,
  giveUpSeconds: 21_600,
  blame: { otherHandsSeconds: 1800, packagesSeconds: 600, bootSeconds: 300 },
} as const;

/** A policy in the program's own terms: its own word, then the defaults, then what is built in. */
export function policyOf(written: WrittenPolicy, mode: Mode, shared: WrittenDefaults): Policy {
  const { name, when, unit, allow } = written;
  const { steps, holdSeconds } = written.steps;
  return {
    name,
    mode: written.mode ?? mode,
    when,
    unit,
    allow,
    steps,
    giveUpSeconds: holdSeconds ?? shared.give_up?.hold ?? BUILT_IN.giveUpSeconds,
    cooldown: cooldownOf(written.cooldown ?? {}, shared.cooldown ?? {}),
    limits: written.limits ?? shared.limits ?? BUILT_IN.limits,
    verify: verificationOf(written.verify ?? {}, shared.verify ?? {}),
    maxAlertAgeSeconds: written.max_alert_age ?? shared.max_alert_age ?? BUILT_IN.maxAlertAgeSeconds,
    blame: blameOf(written.blame ?? {}, shared.blame ?? {}),
    undoesOnResolve: written.on_resolve === 'undo_throttle',
  };
}

function cooldownOf(own: WrittenCooldown, shared: WrittenCooldown): Cooldown {
  return {
    baseSeconds: own.base ?? shared.base ?? BUILT_IN.cooldown.baseSeconds,
    factor: own.factor ?? shared.factor ?? BUILT_IN.cooldown.factor,
    maxSeconds: own.max ?? shared.max ?? BUILT_IN.cooldown.maxSeconds,
    resetAfterSeconds: own.reset_after ?? shared.reset_after ?? BUILT_IN.cooldown.resetAfterSeconds,
  };
}

function verificationOf(own: WrittenVerification, shared: WrittenVerification): Verification {
  return {
    holdSeconds: own.for ?? shared.for ?? BUILT_IN.verify.holdSeconds,
    timeoutSeconds: own.timeout ?? shared.timeout ?? BUILT_IN.verify.timeoutSeconds,
    probe: own.probe ?? shared.probe,
    gpuMemoryFreed: own.gpu_memory_freed ?? shared.gpu_memory_freed ?? false,
  };
}

function blameOf(own: WrittenBlame, shared: WrittenBlame): BlameWindow {
  return {
    otherHandsSeconds: own.other_hands ?? shared.other_hands ?? BUILT_IN.blame.otherHandsSeconds,
    packagesSeconds: own.packages ?? shared.packages ?? BUILT_IN.blame.packagesSeconds,
    bootSeconds: own.boot ?? shared.boot ?? BUILT_IN.blame.bootSeconds,
  };
}
