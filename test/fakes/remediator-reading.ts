import type { RemediatorReading } from '../../src/domain/reading.ts';

/** What a remediator tells that has seen nothing yet, unless told otherwise. */
export function remediatorReading(changes: Partial<RemediatorReading> = {}): RemediatorReading {
  return {
    decisions: [],
    repairs: [],
    seconds: [],
    endings: [],
    alerts: [],
    openCircuits: [],
    underRepair: [],
    budget: [],
    stepsUnderWay: 0,
    queueLength: 0,
    oldestCaseSeconds: 0,
    toUndo: 0,
    isPaused: false,
    ledgerErrors: 0,
    lastRepairSeconds: undefined,
    ...changes,
  };
}
