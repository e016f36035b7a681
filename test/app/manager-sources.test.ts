import { chmodSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { startManagerSources } from '../../src/app/manager-sources.ts';
import type { Collector } from '../../src/collectors/collector.ts';
import type { LaunchdConfig } from '../../src/config/launchd.ts';
import type { DaemonSpec } from '../../src/domain/daemon.ts';
import { fakeDaemon } from '../fakes/daemon.ts';
import { type FakeLaunchctl, fakeLaunchctl } from '../fakes/launchctl.ts';
import { recordedLog } from '../fakes/recorded-log.ts';
import { samplesAsText } from '../fakes/samples-as-text.ts';
import { tempFolder } from '../fakes/temp-folder.ts';

/** The fake as a program that needs nothing of its surroundings. */
function programOf(fake: FakeLaunchctl): string {
  const settings = Object.entries(fake.env).map(([name, value]) => `export ${name}='${value}'\n`);
  const folder = tempFolder({ launchctl: `#!/bin/sh\n${settings.join('')}exec ${fake.path} "$@"\n` });
  chmodSync(join(folder, 'launchctl'), 0o755);
  return join(folder, 'launchctl');
}

function started(
  launchd: Partial<LaunchdConfig> = {},
  daemons: readonly DaemonSpec[] = [],
  platform?: NodeJS.Platform,
) {
  const { log, lines } = recordedLog();
  const shared = { enabled: undefined, path: '/nowhere/launchctl', domains: ['gui/501'], intervalMs: 60_000 };
  const includesLabel = () => true;
  const config = { launchd: { ...shared, includesLabel, ...launchd }, daemons, procfs: '/proc' };
  const sources = startManagerSources(config, log, platform);
  onTestFinished(() => sources.stop());
  return { ...sources, lines };
}

async function pageOf({ collect }: Collector): Promise<readonly string[]> {
  const blocks = await collect(new AbortController().signal);
  return samplesAsText(blocks.flatMap((block) => block.samples()));
}

describe('startManagerSources', () => {
  it('reads nothing where there is no launchd, and no daemon is configured', () => {
    const { collectors, units } = started({}, [], 'linux');
    expect(collectors).toEqual([]);
    expect(units()).toEqual([]);
  });

  it('reads launchd on macOS, unless told not to', () => {
    const names = (launchd: Partial<LaunchdConfig>) =>
      started(launchd, [], 'darwin').collectors.map(({ name }) => name);
    expect(names({})).toEqual(['launchd']);
    expect(names({ enabled: false })).toEqual([]);
  });

  it('tells jobs of launchd, and what they have in common with other units', async () => {
    const fake = fakeLaunchctl();
    fake.load('gui/501/com.example.worker', { exit: 78, rest: 'spawn scheduled', runs: 9 });
    const { collectors, units } = started({ enabled: true, path: programOf(fake) });
    const [launchd] = collectors;
    const page = launchd && (await pageOf(launchd));
    expect(page).toContain('launchd_domain_up{domain="gui/501"} 1');
    expect(page).toContain('launchd_job_config_error{domain="gui/501",label="com.example.worker"} 1');
    expect(units()).toMatchObject([
      { manager: 'launchd', name: 'gui/501/com.example.worker', up: false, restarts: 8 },
    ]);
  });

  it('fails as a collector where launchctl is not there, and says so once', async () => {
    const { collectors, units, lines } = started({ enabled: true });
    const [launchd] = collectors;
    await expect(launchd && pageOf(launchd)).rejects.toMatchObject({ code: 'unreadable' });
    expect(units()).toEqual([]);
    expect(lines).toMatchObject([
      { level: 'warn', fields: { err: expect.stringContaining('/nowhere/launchctl') } },
    ]);
  });

  it('tells daemons of the configuration', async () => {
    const daemon = fakeDaemon('runner');
    daemon.write('pid', '4194304');
    const { collectors, units } = started({}, [daemon.spec], 'linux');
    const [told] = collectors;
    expect(told && (await pageOf(told))).toContain('daemon_up{name="runner"} 0');
    expect(units()).toMatchObject([{ manager: 'pidfile', name: 'runner', up: false }]);
  });
});
