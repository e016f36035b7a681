import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Lab } from './lab.ts';
import { waitFor } from './wait.ts';

/** A template unit that runs until it is killed, and notes the invocation of every start. */
export interface CrashingUnit {
  readonly name: string;
  start(): Promise<void>;
  /** Kills it as often as systemd restarts it, until systemd gives up. */
  crash(): Promise<void>;
  /** Value of a property, as `systemctl show` prints it. */
  property(name: string): Promise<string>;
  /** Invocation IDs of all starts so far, oldest first. */
  invocations(): readonly string[];
}

/** Starts that systemd allows in a minute before it gives up. */
const START_LIMIT = 3;

/** Puts a template unit into the lab, as in `comfyui@demo.service`. */
export async function addCrashingUnit(lab: Lab, name: string): Promise<CrashingUnit> {
  const history = join(lab.dir, `${name}.invocations`);
  const template = name.replace(/@.*\./, '@.');
  await lab.writeUnit(
    template,
    `[Unit]
Description=A service that crashes when told to (%i)
StartLimitIntervalSec=60
StartLimitBurst=${START_LIMIT}

[Service]
ExecStartPre=/bin/sh -c 'echo "$$INVOCATION_ID" >>${lab.dir}/%n.invocations'
ExecStart=/bin/sleep infinity
Restart=on-failure
RestartSec=50ms
MemoryAccounting=yes
CPUAccounting=yes
`,
  );
  const property = async (key: string) =>
    (await lab.run(['systemctl', 'show', '--value', '-p', key, name])).stdout.trim();

  return {
    name,
    property,
    async start() {
      await lab.run(['systemctl', 'start', name]);
    },
    async crash() {
      await waitFor(
        `${name} has failed for good`,
        async () => {
          const state = await property('ActiveState');
          if (state === 'failed') return true;
          // Not while it starts: a run that dies before it has noted itself is one that nobody can count.
          if (state === 'active') {
            await lab.run(['systemctl', 'kill', '--signal=KILL', name], { check: false });
          }
          return undefined;
        },
        { timeoutMs: 20_000 },
      );
    },
    invocations: () => (existsSync(history) ? readFileSync(history, 'utf8').trim().split('\n') : []),
  };
}
