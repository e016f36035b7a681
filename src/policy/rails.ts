import type { Rail } from './rail.ts';
import { alertResolved } from './rails/alert-resolved.ts';
import { allowList } from './rails/allow-list.ts';
import { alreadyHealthy } from './rails/already-healthy.ts';
import { cooldown } from './rails/cooldown.ts';
import { protectedUnit } from './rails/protected-unit.ts';
import { systemManager } from './rails/system-manager.ts';
import { unitRestartable } from './rails/unit-restartable.ts';

/** Every rail, in the order in which a refusal tells them. */
export const RAILS: readonly Rail[] = [
  allowList,
  systemManager,
  protectedUnit,
  unitRestartable,
  alertResolved,
  alreadyHealthy,
  cooldown,
];
