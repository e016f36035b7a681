import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { connectBus, systemBusAddress } from '../../src/host/bus.ts';
import { managerProperty } from '../../src/host/systemd/systemd1.ts';
import { labMissing } from '../lab/lab.ts';
import { repository } from '../lab/unpack.ts';

/**
 * `make run`: fettle on this machine; or, where no systemd answers and a lab can boot, the demo.
 *
 * A newcomer in a container sees the main job either way.
 */
async function run(): Promise<number> {
  const absent = await systemdAbsent();
  if (absent !== undefined && labMissing() === undefined) {
    say(`No systemd answers here (${absent}), so this is the demo, in a private systemd.`);
    return await child([
      process.execPath,
      '--import',
      'tsx',
      fileURLToPath(new URL('demo.ts', import.meta.url)),
    ]);
  }
  if (absent !== undefined) {
    say(`No systemd answers here (${absent}), so there are no units to see; the rest is served.`);
    if (process.platform === 'linux') say('As root, `make run` shows the whole loop in a private systemd.');
  }
  say('exporter    http://127.0.0.1:10558/   (metrics at /metrics)');
  say('remediator  http://127.0.0.1:10559/   (dry run, no policies: it repairs nothing)');
  return await child([process.execPath, `${repository}/dist/main.js`, 'serve', '--log-format', 'text']);
}

/** Why systemd cannot be asked, or undefined if it answers. */
async function systemdAbsent(): Promise<string | undefined> {
  const address = systemBusAddress();
  const socket = /path=([^,;]+)/.exec(address)?.[1];
  if (socket !== undefined && !existsSync(socket)) return `there is no ${socket}`;
  try {
    const bus = await connectBus({ address, timeoutMs: 3000 });
    await managerProperty(bus, 'Version').finally(() => bus.close());
    return undefined;
  } catch (thrown) {
    return thrown instanceof Error ? thrown.message : String(thrown);
  }
}

/** Runs a program to its end in our place; the terminal sends it Ctrl-C as well as us. */
function child([program = '', ...words]: readonly string[]): Promise<number> {
  const running = spawn(program, words, { stdio: 'inherit' });
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(signal, () => {
      // Ctrl-C has reached it already, with the whole foreground group.
      if (signal !== 'SIGINT') running.kill(signal);
    });
  }
  return new Promise((resolve, reject) => {
    running.once('error', reject);
    running.once('exit', (code) => resolve(code ?? 1));
  });
}

function say(text: string): void {
  process.stdout.write(`${text}\n`);
}

process.exitCode = await run();
