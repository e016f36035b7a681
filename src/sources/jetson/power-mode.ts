import type { JetsonPowerMode } from '../../domain/jetson.ts';

/**
 * The mode that nvpmodel has set, from the text of its status file and of its configuration.
 *
 * Undefined if the status holds none; without a name if the configuration is not there or does not know it. Source:
 * `/var/lib/nvpmodel/status` (`pmode:0002`) and `/etc/nvpmodel.conf` (`< POWER_MODEL ID=2 NAME=MODE_30W >`).
 */
export function parsePowerMode(status: string, configuration: string): JetsonPowerMode | undefined {
  const digits = /\bpmode:\s*(\d+)/.exec(status)?.[1];
  if (digits === undefined) return undefined;
  const id = String(Number(digits));
  for (const [, own, name] of configuration.matchAll(/^\s*<\s*POWER_MODEL\s+ID=(\d+)\s+NAME=(\S+?)\s*>/gm)) {
    if (Number(own) === Number(digits)) return { id, name: name ?? '' };
  }
  return { id, name: '' };
}
