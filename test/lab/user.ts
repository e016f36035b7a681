import { appendFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import type { Lab } from './lab.ts';
import type { UserOrder, UserResult } from './user-orders.ts';
import { waitFor } from './wait.ts';

/** A user of the lab who is not root. */
export interface LabUser {
  readonly name: string;
  readonly uid: number;
  /** Carries out orders as this user, from inside the lab, each once the one before has ended. */
  carryOut(orders: readonly UserOrder[]): Promise<readonly UserResult[]>;
}

/** Adds a static user, as systemd-sysusers would. */
export function addUser(lab: Lab, name: string, uid = 4711): LabUser {
  appendFileSync(`${lab.root}/etc/group`, `${name}:x:${uid}:\n`);
  appendFileSync(`${lab.root}/etc/passwd`, `${name}:x:${uid}:${uid}::/nonexistent:/usr/sbin/nologin\n`);
  const script = fileURLToPath(new URL('user-orders.ts', import.meta.url));
  const node = [process.execPath, '--import', import.meta.resolve('tsx'), script];
  const as = ['setpriv', '--reuid', String(uid), '--regid', String(uid), '--clear-groups', '--no-new-privs'];
  return {
    name,
    uid,
    async carryOut(orders) {
      const { stdout } = await lab.run([...as, '--', ...node], {
        input: JSON.stringify(orders),
        // tsx keeps what it has translated in the temporary folder of the lab.
        env: { HOME: '/nonexistent' },
        timeoutMs: 60_000,
      });
      return JSON.parse(stdout);
    },
  };
}

const RULES = '/etc/polkit-1/rules.d';

/** Gives polkit one rule beside Debian's, and waits until it is in force. */
export async function setPolkitRule(lab: Lab, text: string): Promise<void> {
  await lab.run(['mkdir', '-p', RULES]);
  await writeFile(`${lab.root}${RULES}/50-fettle.rules`, text);
  // polkit notices by itself, some time later; a fresh one knows from the start.
  await lab.run(['systemctl', 'restart', 'polkit.service']);
}

/** Ends polkit, and lets nobody start it. */
export async function takePolkitAway(lab: Lab): Promise<void> {
  await lab.run(['systemctl', 'mask', '--runtime', '--now', 'polkit.service']);
}

/** Lets polkit be started again, and starts it. */
export async function bringPolkitBack(lab: Lab): Promise<void> {
  await lab.run(['systemctl', 'unmask', '--runtime', 'polkit.service']);
  await waitFor('polkit runs', async () => {
    await lab.run(['systemctl', 'start', 'polkit.service']);
    return true;
  });
}
