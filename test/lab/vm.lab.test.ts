import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { connect } from 'node:net';
import { dirname } from 'node:path';
import { beforeAll, expect, it, onTestFinished } from 'vitest';
import { describeVm } from './describe-lab.ts';
import { freePort } from './service-process.ts';
import { type VmParts, vmParts } from './vm-parts.ts';
import { startVmProcess } from './vm-process.ts';
import { waitFor } from './wait.ts';

describeVm('the process of a VM', () => {
  let parts: VmParts;
  beforeAll(async () => {
    parts = await vmParts();
  }, 300_000);

  it('dies with the process that started it, even after a SIGKILL', async () => {
    const port = await freePort();
    const owner = spawn(process.execPath, ['--import', 'tsx', '--input-type=module', '-e', programOf(port)], {
      stdio: ['ignore', 'pipe', 'inherit'],
      cwd: dirname(new URL(import.meta.url).pathname),
    });
    const [line] = await once(owner.stdout, 'data');
    const pid = Number(line);
    onTestFinished(() => {
      owner.kill('SIGKILL');
      if (commandLine(pid) !== '') process.kill(pid, 'SIGKILL');
    });
    await waitFor('the VM lets us in', () => connects(port), { timeoutMs: 30_000 });
    expect(commandLine(pid)).toContain('qemu');

    owner.kill('SIGKILL');

    await waitFor('the VM is gone', () => commandLine(pid) === '' || undefined);
  });

  it('says why it ended', async () => {
    const image = openSync('/dev/null', 'r');
    const kernel = '/nonexistent/vmlinuz';
    const machine = startVmProcess({ parts: { ...parts, kernel }, image, ports: new Map() });
    closeSync(image);

    await waitFor('it has ended', () => machine.hasEnded() || undefined);
    await waitFor('it has said why', () => machine.consoleTail().includes(kernel) || undefined);
    await machine.stop();
  });
});

/** Code of a process of its own that starts a VM and waits to be killed. */
function programOf(port: number): string {
  const file = (name: string): string => JSON.stringify(new URL(name, import.meta.url).href);
  return `
    import { openImage } from ${file('vm-image.ts')};
    import { vmParts } from ${file('vm-parts.ts')};
    import { startVmProcess } from ${file('vm-process.ts')};
    const parts = await vmParts();
    const machine = startVmProcess({ parts, image: openImage(parts, ''), ports: new Map([[${port}, 1]]) });
    console.log(machine.pid);
    setInterval(() => {}, 1e6);`;
}

async function connects(port: number): Promise<true> {
  const socket = connect(port, '127.0.0.1');
  try {
    await once(socket, 'connect');
    return true;
  } finally {
    socket.destroy();
  }
}

/** Empty when there is no such process any more, or only its exit code. */
function commandLine(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8');
  } catch {
    return '';
  }
}
