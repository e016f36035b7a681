import type { Config, ExporterConfig } from '../config/config.ts';
import { unchanged } from './half.ts';

/**
 * Throws Failure `refused` if a setting of the exporter has changed that only a restart can change.
 *
 * Every setting stands here, or is taken over by `prepare` of the sources; test/app/fixed-settings.test.ts walks all.
 */
export function refuseFixed(now: Config, next: Config): void {
  for (const [setting, of] of FIXED) {
    unchanged(`exporter.${setting}`, of(now.exporter), of(next.exporter));
  }
  unchanged('daemons', now.daemons, next.daemons);
}

const FIXED: readonly (readonly [string, (config: ExporterConfig) => unknown])[] = [
  ['listen', ({ listen }) => listen],
  ['sysfs', ({ sysfs }) => sysfs],
  ['procfs', ({ procfs }) => procfs],
  ['hwmon', ({ hwmon }) => hwmon],
  ['kernel_log', ({ kernelLog }) => kernelLog],
  ['journal', ({ journal }) => journal],
  ['launchd', ({ launchd }) => launchd],
  ['gpu', ({ gpu }) => gpu],
  ['machine.enabled', ({ machine }) => machine !== undefined],
  ['machine.filesystems.remote', ({ machine }) => machine?.remoteFileSystems],
  ['machine.filesystems.exclude', ({ machine }) => machine?.wantsMountpoint],
  ['machine.network.exclude', ({ machine }) => machine?.wantsNetworkDevice],
  ['cgroup', ({ cgroupFamilies, slices }) => [cgroupFamilies, slices]],
  ['systemd.enabled', ({ systemd }) => systemd],
  ['systemd.unit_state', ({ unitState }) => unitState],
  ['systemd.systemd_exporter_types', ({ oldTypes }) => oldTypes],
  ['systemd.common', ({ commonUnits }) => commonUnits],
  ['systemd.private', ({ privateSocket }) => privateSocket],
  ['systemd.resolved', ({ resolved }) => resolved],
  ['systemd.users', ({ users }) => users],
];
