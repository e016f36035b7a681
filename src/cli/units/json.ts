import { plainText } from '../plain-text.ts';
import { cpuSeconds, sinceSeconds, type UnitView } from './view.ts';

/** The units as one line of JSON: an array of objects, base units, what is not known left out. */
export function unitsJson(views: readonly UnitView[]): string {
  // JSON leaves some control characters as they are; they occur in strings only, where their escape means the same.
  return plainText(JSON.stringify(views.map(unitObject)));
}

/** The keys are a public contract, and listed in the help. */
function unitObject(view: UnitView) {
  const { unit, values } = view;
  return {
    unit: unit.name,
    type: unit.type,
    loadState: unit.loadState,
    activeState: unit.activeState,
    subState: unit.subState,
    sinceTimestampSeconds: sinceSeconds(unit),
    restarts: unit.service?.restarts,
    result: unit.result,
    exitStatus: unit.service?.exitStatus,
    exitSignal: unit.service?.exitSignal,
    memoryBytes: values['memory.current'],
    memoryHighBytes: values['memory.high'],
    memoryMaxBytes: values['memory.max'],
    cpuSeconds: cpuSeconds(view),
    tasks: values['pids.current'],
    tasksMax: values['pids.max'],
    lastTriggerTimestampSeconds: unit.timer?.lastTriggerSeconds || undefined,
    nextElapseTimestampSeconds: unit.timer?.nextElapseSeconds,
  };
}
