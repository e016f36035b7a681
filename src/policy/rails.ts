import type { Rail } from './rail.ts';
import { alertResolved } from './rails/alert-resolved.ts';
import { alertmanager } from './rails/alertmanager.ts';
import { allowList } from './rails/allow-list.ts';
import { alreadyHealthy } from './rails/already-healthy.ts';
import { blameWindow } from './rails/blame-window.ts';
import { circuit } from './rails/circuit.ts';
import { cooldown } from './rails/cooldown.ts';
import { hostBudget } from './rails/host-budget.ts';
import { localConditions } from './rails/local-conditions.ts';
import { maintenanceWindow } from './rails/maintenance-window.ts';
import { pause } from './rails/pause.ts';
import { protectedUnit } from './rails/protected-unit.ts';
import { rateLimit } from './rails/rate-limit.ts';
import { staleAlert } from './rails/stale-alert.ts';
import { storm } from './rails/storm.ts';
import { systemManager } from './rails/system-manager.ts';
import { thermalGate } from './rails/thermal-gate.ts';
import { underWay } from './rails/under-way.ts';
import { unitRestartable } from './rails/unit-restartable.ts';
import { xidGate } from './rails/xid-gate.ts';

/** Every rail, in the order in which a refusal tells them. */
export const RAILS: readonly Rail[] = [
  // What may be touched at all.
  allowList,
  systemManager,
  protectedUnit,
  unitRestartable,
  // What people have said, or are doing.
  pause,
  maintenanceWindow,
  alertmanager,
  blameWindow,
  // Whether it is needed.
  alertResolved,
  staleAlert,
  alreadyHealthy,
  localConditions,
  // Whether it can help.
  storm,
  xidGate,
  thermalGate,
  // Whether it has been enough.
  underWay,
  circuit,
  cooldown,
  rateLimit,
  hostBudget,
];
