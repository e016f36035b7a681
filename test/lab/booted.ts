import { existsSync } from 'node:fs';
import { runInside } from './inside.ts';
import { commandName, startTime } from './processes.ts';
import { waitFor } from './wait.ts';

/**
 * Resolves when the lab's systemd has started its units and its system bus answers (30 s at most).
 *
 * Throws at once when the lab's PID 1 has ended.
 */
export async function systemdBooted(pid: number): Promise<void> {
  const started = startTime(pid);
  const ended = (): boolean => started === undefined || startTime(pid) !== started;
  const options = { timeoutMs: 30_000, everyMs: 10 };
  const outcome = await waitFor(
    'systemd and its bus answer in the lab',
    async () => (ended() ? 'ended' : await progress(pid)),
    options,
  );
  if (outcome === 'ended') throw new Error('its first process ended');
}

const systemd = 'org.freedesktop.systemd1';
const manager = `${systemd}.Manager`;

async function progress(pid: number): Promise<'booted' | undefined> {
  // Until boot.sh has become systemd, this is still the host's root, maybe with a systemd of its own.
  if (commandName(pid) !== 'systemd') return undefined;
  if (!existsSync(`/proc/${pid}/root/run/systemd/private`)) return undefined;
  // 'degraded' is a boot too: some unit of Debian's does not like the lab.
  const { stdout } = await runInside(pid, ['systemctl', 'is-system-running'], { check: false });
  if (!/^(running|degraded)$/.test(stdout.trim())) return undefined;
  await runInside(pid, [
    'busctl',
    '--system',
    'get-property',
    systemd,
    '/org/freedesktop/systemd1',
    manager,
    'Version',
  ]);
  return 'booted';
}
