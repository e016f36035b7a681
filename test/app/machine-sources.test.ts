import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { type MachineSources, startMachineSources } from '../../src/app/machine-sources.ts';
import { loadConfig } from '../../src/config/load.ts';
import type { ChildCommand } from '../../src/host/programs/child-process.ts';
import { macChild, shellChild } from '../fakes/mac-inventory.ts';
import { isAlive } from '../fakes/nvidia-smi.ts';
import { tempFolder } from '../fakes/temp-folder.ts';
import { waitFor } from '../lab/wait.ts';

const SILENT = { error: () => undefined, warn: () => undefined, info: () => undefined };

/** Sources of a Mac without GPUs of others, which never begin to be read. */
function startOnMac(inventory: ChildCommand, warnings: unknown[] = []): MachineSources {
  const loaded = loadConfig('');
  if (!loaded.ok) throw new Error('an empty configuration is one');
  const log = {
    ...SILENT,
    warn: (fields: unknown, message: string) => void warnings.push({ fields, message }),
  };
  const never = new Promise<void>(() => undefined);
  const sources = startMachineSources(loaded.config.exporter, log, never, { platform: 'darwin', inventory });
  onTestFinished(() => sources.stop());
  return sources;
}

function pidIn(note: string): number | undefined {
  return Number(readFileSync(note, 'utf8')) || undefined;
}

async function linesOf({ collectors }: MachineSources, name: string): Promise<readonly string[]> {
  const collector = collectors.find((one) => one.name === name);
  if (collector === undefined) throw new Error(`there is no collector ${name}`);
  const blocks = await collector.collect(new AbortController().signal);
  return blocks.flatMap(({ samples }) =>
    samples().map(
      ({ metric, labels, value }) => `${metric.name} ${Object.values(labels).join(',')} ${value}`,
    ),
  );
}

describe('the machine collector on macOS', () => {
  it('tells load and CPU at once, and memory and file systems as soon as the child has told them', async () => {
    const sources = startOnMac(macChild('macbook-m2'));
    const first = await linesOf(sources, 'machine');
    expect(first.filter((line) => line.startsWith('machine_load'))).toHaveLength(3);
    const lines = await waitFor('an inventory', async () => {
      const found = await linesOf(sources, 'machine');
      return found.some((line) => line.startsWith('machine_memory')) ? found : undefined;
    });
    expect(lines).toContain('machine_memory_total_bytes  34359738368');
    expect(lines).toContain('machine_filesystem_available_bytes /dev/disk3s1s1,/,apfs 512110190592');
    const gpus = await linesOf(sources, 'gpu');
    expect(gpus).toEqual(['gpu_info 0,,apple,Apple M2 Pro,,,,,, 1']);
  });

  it('waits for no child that hangs, and ends it at the stop', async () => {
    const note = join(tempFolder(), 'pid');
    const sources = startOnMac(shellChild(`trap "" TERM; echo $$ >${note}; sleep 600 & wait`));
    const lines = await linesOf(sources, 'machine');
    expect(lines.some((line) => line.startsWith('machine_load1'))).toBe(true);
    expect(lines.some((line) => line.startsWith('machine_memory'))).toBe(false);
    expect(await linesOf(sources, 'gpu')).toEqual([]);
    const pid = await waitFor('the child has begun', () => (existsSync(note) ? pidIn(note) : undefined));
    await sources.stop();
    await waitFor('the child has ended', () => (isAlive(pid) ? undefined : true));
  });

  it('says once what is wrong with the child, and goes on with what Node tells', async () => {
    const warnings: unknown[] = [];
    const sources = startOnMac(shellChild('echo "df: broken" >&2; exit 1'), warnings);
    await waitFor('a warning', () => warnings[0]);
    expect(warnings).toEqual([
      {
        fields: { err: expect.stringContaining('df: broken') },
        message: 'taking the inventory of this Mac failed',
      },
    ]);
    expect((await linesOf(sources, 'machine')).length).toBeGreaterThan(3);
  });
});
