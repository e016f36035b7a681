import { describe } from 'vitest';
import { labMissing } from './lab.ts';
import { redisMissing } from './redis.ts';
import { toolsMissing } from './tools.ts';
import { vmMissing } from './vm-parts.ts';

/**
 * A suite that boots labs: skipped, with the reason printed, where none can boot.
 *
 * With CI=true nothing is skipped for want of a part: it throws, which fails the file.
 */
export function describeLab(name: string, suite: () => void): void {
  describeUnless(labMissing(), name, suite);
}

/** A suite that needs Prometheus and Alertmanager besides the lab; else as `describeLab`. */
export function describeStack(name: string, suite: () => void): void {
  describeUnless(labMissing() ?? toolsMissing(), name, suite);
}

/** A suite that boots a VM, which needs no root; else as `describeLab`. */
export function describeVm(name: string, suite: () => void): void {
  describeUnless(vmMissing(), name, suite);
}

/** A suite that starts a Redis, which needs no root; else as `describeLab`. */
export function describeRedis(name: string, suite: () => void): void {
  describeUnless(redisMissing(), name, suite);
}

function describeUnless(reason: string | undefined, name: string, suite: () => void): void {
  if (reason === undefined) {
    describe(name, suite);
    return;
  }
  if (process.env['CI'] === 'true')
    throw new Error(`${name}: nothing is skipped with CI=true, but ${reason}`);
  console.warn(`skipped: ${name}: ${reason}`);
  describe.skip(name, suite);
}
