import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { stringify } from 'yaml';
import { nvidiaCapture } from '../fakes/nvidia-smi-documents.ts';
import { builtFettle } from '../lab/built.ts';
import { describeLab } from '../lab/describe-lab.ts';
import { type Lab, startLab } from '../lab/lab.ts';
import { waitFor } from '../lab/wait.ts';
import { RED, RESET, withoutColours } from './table/colours.ts';

/** The process of the capture that computes; its place is taken by one that runs here. */
const COMPUTES = '<pid>9021</pid>';

describeLab('fettle gpu, on the real systemd, with a nvidia-smi that replays a capture', () => {
  let lab: Lab;
  let command: readonly string[];

  beforeAll(async () => {
    lab = await startLab();
    await lab.writeUnit('comfyui@.service', '[Service]\nExecStart=/bin/sleep infinity\n');
    await lab.run(['systemctl', 'start', 'comfyui@a.service']);
    const { stdout } = await lab.run(['systemctl', 'show', '-P', 'MainPID', 'comfyui@a.service']);
    const capture = nvidiaCapture('rtx-4090-driver-595');
    putFile('document.xml', capture.replace(COMPUTES, `<pid>${stdout.trim()}</pid>`));
    putFile('nvidia-smi', `#!/bin/sh\nexec cat '${join(lab.dir, 'document.xml')}'\n`);
    chmodSync(join(lab.dir, 'nvidia-smi'), 0o755);
    const gpu = { nvidia: { path: join(lab.dir, 'nvidia-smi') } };
    putFile('gpu.yml', stringify({ exporter: { sysfs: join(lab.dir, 'sysfs'), kernel_log: false, gpu } }));
    command = [process.execPath, builtFettle(), 'gpu', '--config', join(lab.dir, 'gpu.yml')];
  });
  afterAll(() => lab?.stop());

  function putFile(name: string, text: string): void {
    const path = join(lab.dir, name);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text);
  }

  /** Runs a command line on a terminal of 80 columns. */
  const onTerminal = (line: string) => ['script', '-qefc', `stty cols 80 rows 24; ${line}`, '/dev/null'];

  it('shows the unit below its GPU', async () => {
    const { code, stdout, stderr } = await lab.run([...command], { check: false });
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    const [, card, unit] = stdout.split('\n');
    expect(card).toMatch(/^ +0 {2}NVIDIA GeForce RTX 4090 .* 17\.8 GiB \/ 24\.0 GiB /);
    expect(unit).toMatch(/^ +comfyui@a\.service +17\.6 GiB +1 process$/);
  });

  it('names it in JSON', async () => {
    const { stdout } = await lab.run([...command, '--json']);
    const unit = { unit: 'comfyui@a.service', processes: 1, memoryBytes: 18_020 * 2 ** 20 };
    const [gpu] = JSON.parse(stdout);
    expect(gpu.units).toContainEqual(expect.objectContaining(unit));
  });

  it('does not need root', async () => {
    // It may read the program wherever that lies; of processes it knows what anybody may.
    const nobody = ['--reuid', '65534', '--regid', '65534', '--clear-groups'];
    const readsAll = ['--inh-caps', '+dac_read_search', '--ambient-caps', '+dac_read_search'];
    const { stdout, stderr } = await lab.run(['setpriv', ...nobody, ...readsAll, '--', ...command]);
    expect(stdout).toMatch(/^ +comfyui@a\.service +17\.6 GiB +1 process$/m);
    expect(stderr).toBe('');
  });

  it('fits a terminal of 80 columns, the memory bar included, and shows a lost GPU in red', async () => {
    const text = nvidiaCapture('lost-gpu-driver-550');
    putFile('document.xml', text);
    const shown = (env: Record<string, string>) =>
      lab.run(onTerminal(command.join(' ')), { env: { TERM: 'xterm', ...env }, check: false });
    const { code, stdout } = await shown({});
    expect(code).toBe(1);
    const lines = stdout.trimEnd().split(/\r?\n/);
    expect(lines.at(-1)).toContain(`${RED}lost${RESET}`);
    expect(lines[1]).toContain('[#....]');
    expect(Math.max(...lines.map((line) => withoutColours(line).length))).toBeLessThanOrEqual(80);
    const plain = await shown({ NO_COLOR: '1' });
    expect(plain.stdout).toContain('lost');
    expect(plain.stdout).not.toContain('\u001b');
  });

  it('watches on a screen of its own, and gives the terminal back upon SIGINT', async () => {
    const pidFile = join(lab.dir, 'watch.pid');
    const line = `export TERM=xterm; echo $$ >${pidFile}; exec ${[...command, '--watch', '--interval', '100ms'].join(' ')}`;
    const watching = lab.spawn(onTerminal(line), { log: join(lab.dir, 'watch.log') });
    await waitFor('two paints', () => watching.readLog().split('2 GPUs, 1 lost; ').length > 2 || undefined, {
      timeoutMs: 20_000,
    });
    await lab.run(['sh', '-c', `kill -INT $(cat ${pidFile})`]);
    expect(await watching.exited).toBe(0);
    expect(watching.readLog().trimEnd().endsWith('\u001b[?1049l')).toBe(true);
  });
});
