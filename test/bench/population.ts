import type { Lab } from '../lab/lab.ts';
import { waitFor } from '../lab/wait.ts';
import { cpuTime } from './process-cost.ts';

/** A service that sleeps, with what systemd can account per service switched on. */
const SLEEPER = `[Unit]
Description=A service that sleeps (%i)

[Service]
ExecStart=/bin/sleep infinity
CPUAccounting=yes
MemoryAccounting=yes
TasksAccounting=yes
IOAccounting=yes
`;

const BATCH = 200;

/** Starts `bench@1.service` to `bench@COUNT.service`, and waits until all are active and systemd is at rest. */
export async function startServices(lab: Lab, count: number): Promise<void> {
  await lab.writeUnit('bench@.service', SLEEPER);
  for (let first = 1; first <= count; first += BATCH) {
    const last = Math.min(first + BATCH - 1, count);
    const names = Array.from({ length: last - first + 1 }, (_, index) => `bench@${first + index}.service`);
    await lab.run(['systemctl', 'start', '--no-block', ...names], { timeoutMs: 60_000 });
    await waitFor(`${last} services are active`, async () => (await activeCount(lab)) >= last || undefined, {
      timeoutMs: 60_000,
      everyMs: 100,
    });
  }
  await systemdAtRest(lab);
}

/** The names of all units that systemd has loaded. */
export async function unitNames(lab: Lab): Promise<readonly string[]> {
  const { stdout } = await lab.run(['systemctl', 'list-units', '--all', '--plain', '--no-legend']);
  return stdout
    .split('\n')
    .map((line) => line.trim().split(' ')[0] ?? '')
    .filter((name) => name !== '')
    .sort();
}

async function activeCount(lab: Lab): Promise<number> {
  const list = ['systemctl', 'list-units', '--state=active', '--plain', '--no-legend', 'bench@*'];
  const { stdout } = await lab.run(list);
  return stdout.split('\n').filter((line) => line !== '').length;
}

/** Until PID 1 has used less than 5 ms of CPU in half a second. */
async function systemdAtRest(lab: Lab): Promise<void> {
  let before = cpuTime([lab.pid]).scheduledMs;
  await waitFor(
    'systemd is at rest after the start of the services',
    () => {
      const now = cpuTime([lab.pid]).scheduledMs;
      const rest = now - before < 5;
      before = now;
      return rest ? true : undefined;
    },
    { timeoutMs: 60_000, everyMs: 500 },
  );
}
