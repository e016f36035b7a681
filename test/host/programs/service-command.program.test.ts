import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { runServiceCommand } from '../../../src/host/programs/service-command.ts';
import { isAlive } from '../../fakes/nvidia-smi.ts';
import { tempFolder } from '../../fakes/temp-folder.ts';

const LONG_MS = 20_000;
const live = () => new AbortController().signal;

/** A command of a shell, and the folder that it may write to as `$1`. */
function command(script: string) {
  const folder = tempFolder();
  const noted = (name: string) => {
    const path = join(folder, name);
    return existsSync(path) ? Number(readFileSync(path, 'utf8')) || undefined : undefined;
  };
  return { noted, command: { argv: ['/bin/sh', '-c', script, 'sh', folder], account: undefined } };
}

/** Two processes of one group, neither of which listens to SIGTERM. */
const DEAF = `trap '' TERM
sh -c 'while :; do sleep 0.05; done' & echo $! >$1/child
echo $$ >$1/own
while :; do sleep 0.05; done`;

describe('runServiceCommand', () => {
  it.each([
    ['exit 0', { kind: 'exited', exitCode: 0 }],
    ['exit 7', { kind: 'exited', exitCode: 7 }],
    ['kill -9 $$', { kind: 'killed', by: 'SIGKILL' }],
  ])('tells how %j has ended', async (script, end) => {
    expect(await runServiceCommand(command(script).command, LONG_MS, live())).toEqual(end);
  });

  it.each([[['/nowhere/x']], [['']], [['/bin/true', 'a\0b']]])(
    'tells that %j cannot be started',
    async (argv) => {
      expect(await runServiceCommand({ argv, account: undefined }, LONG_MS, live())).toMatchObject({
        kind: 'not-started',
      });
    },
  );

  it('does not wait for what the command has left behind', async () => {
    const { command: leaving, noted } = command('setsid sleep 600 & echo $! >$1/child');
    expect(await runServiceCommand(leaving, LONG_MS, live())).toEqual({ kind: 'exited', exitCode: 0 });
    const child = noted('child') ?? 0;
    expect(isAlive(child)).toBe(true);
    process.kill(child, 'SIGKILL');
  });

  it('ends all of a command that takes too long, by force if need be', async () => {
    const { command: deaf, noted } = command(DEAF);
    expect(await runServiceCommand(deaf, 500, live())).toEqual({ kind: 'timeout' });
    await expect.poll(() => isAlive(noted('own') ?? 0), { timeout: 10_000 }).toBe(false);
    await expect.poll(() => isAlive(noted('child') ?? 0)).toBe(false);
  });

  it('ends what does not listen also where the command itself does', async () => {
    const { command: half, noted } = command(
      `sh -c 'trap "" TERM; echo $$ >'$1'/child; while :; do sleep 0.05; done' & wait`,
    );
    expect(await runServiceCommand(half, 500, live())).toEqual({ kind: 'timeout' });
    await expect.poll(() => noted('child') !== undefined && isAlive(noted('child') ?? 0)).toBe(false);
  });

  it('rejects at once when it is called off, and ends all of the command', async () => {
    const { command: deaf, noted } = command(DEAF);
    const calling = new AbortController();
    const running = runServiceCommand(deaf, LONG_MS, calling.signal);
    running.catch(() => undefined);
    await expect.poll(() => noted('own')).toBeDefined();
    const reason = new Error('called off');
    calling.abort(reason);
    await expect(running).rejects.toBe(reason);
    await expect.poll(() => isAlive(noted('child') ?? 0), { timeout: 10_000 }).toBe(false);
  });

  it('starts nothing once it is called off', async () => {
    const { command: noting, noted } = command('echo 1 >$1/own');
    const off = AbortSignal.abort(new Error('off'));
    await expect(runServiceCommand(noting, LONG_MS, off)).rejects.toThrow('off');
    expect(noted('own')).toBeUndefined();
  });
});
