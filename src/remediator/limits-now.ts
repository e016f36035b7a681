import { withinLimit } from '../domain/limit.ts';
import type { ServiceManager } from '../domain/repair.ts';
import type { Limits, LimitValues } from '../domain/throttle.ts';
import type { UnitRef } from '../domain/unit.ts';

const LIMIT_MS = 10_000;

/** What a unit has of these limits now, asked within a limit of time. */
export function limitsNow(
  manager: ServiceManager,
  unit: UnitRef,
  limits: Limits,
  signal: AbortSignal,
): Promise<LimitValues> {
  return withinLimit(`reading the limits of ${unit.name}`, LIMIT_MS, signal, (own) =>
    manager.limitsOf(unit, limits, own),
  );
}
