import { randomBytes } from 'node:crypto';
import { closeSync } from 'node:fs';
import { freePort } from './service-process.ts';
import { createVmClient, type VmClient } from './vm-client.ts';
import { openImage } from './vm-image.ts';
import { vmMissing, vmParts } from './vm-parts.ts';
import { startVmProcess, type VmProcess } from './vm-process.ts';
import { AGENT_PORT } from './vm-system.ts';
import { waitFor } from './wait.ts';

/**
 * A machine of its own with Debian's kernel, pure cgroup v2 and Debian's systemd, on emulated processors: ten
 * to twenty times slower than this host, so it shows what is right and never what is fast.
 *
 * It has fettle and Node, a disk /dev/vda of 64 MB that reads zeros and forgets what is written, and no way out.
 */
export interface Vm extends VmClient {
  /** How long it took from nothing to the first answer. */
  readonly bootSeconds: number;
  /** The address on this host of a port inside that `startVm` was given. */
  url(port: number): string;
  /** Writes /etc/systemd/system/NAME inside; systemd is to be reloaded where it knows the unit. */
  writeUnit(name: string, text: string): Promise<void>;
  consoleTail(): string;
  stop(): Promise<void>;
}

/** Boots a VM and lets in the ports; some ten seconds. Throws with the tail of its console when it cannot. */
export async function startVm({ ports }: { readonly ports: readonly number[] }): Promise<Vm> {
  const reason = vmMissing();
  if (reason !== undefined) throw new Error(`no VM can boot here: ${reason}`);
  const parts = await vmParts();
  const start = performance.now();
  const token = randomBytes(16).toString('hex');
  const outside = new Map<number, number>();
  for (const port of [AGENT_PORT, ...ports]) outside.set(port, await freePort());
  const image = openImage(parts, token);
  const forwards = new Map([...outside].map(([inside, port]) => [port, inside]));
  const machine = startVmProcess({ parts, image, ports: forwards });
  closeSync(image);
  const url = (port: number): string => `http://127.0.0.1:${outside.get(port)}`;
  const client = createVmClient(url(AGENT_PORT), token);
  await booted(client, machine);
  return {
    ...client,
    bootSeconds: (performance.now() - start) / 1000,
    url,
    writeUnit: (name, text) => client.write(`/etc/systemd/system/${name}`, text),
    consoleTail: machine.consoleTail,
    stop: machine.stop,
  };
}

async function booted(client: VmClient, machine: VmProcess): Promise<void> {
  try {
    const outcome = await waitFor(
      'the agent of the VM answers, and systemd has started its units',
      async () => {
        if (machine.hasEnded()) return 'ended';
        const argv = ['systemctl', 'is-system-running'];
        const { stdout } = await client.run(argv, { check: false, timeoutMs: 10_000 });
        return /^(running|degraded)$/.test(stdout.trim()) ? 'booted' : undefined;
      },
      { timeoutMs: 120_000 },
    );
    if (outcome === 'ended') throw new Error('qemu has ended');
  } catch (cause) {
    const tail = machine.consoleTail();
    await machine.stop();
    throw new Error(`the VM did not boot: ${cause instanceof Error ? cause.message : cause}\n${tail}`, {
      cause,
    });
  }
}
