import { spawn } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { fileURLToPath } from 'node:url';
import { expect, it, onTestFinished } from 'vitest';
import { describeStack } from '../lab/describe-lab.ts';
import { waitFor } from '../lab/wait.ts';

const DEMO = fileURLToPath(new URL('../demo/demo.ts', import.meta.url));

/** Stations that wait for each other; "verified" and "resolved" come in either order. */
const STATIONS = ['crash', 'failed', 'scraped', 'pending', 'firing', 'webhook', 'decided', 'restarted'];

describeStack('the demo', () => {
  it('tells the whole loop, shows its pages, and leaves nothing behind after Ctrl-C', async () => {
    const demo = startDemo();
    await waitFor(
      'it waits for Ctrl-C',
      () => (demo.told().includes('Ctrl-C ends it all') ? true : undefined),
      {
        timeoutMs: 90_000,
      },
    );
    const told = demo.told();
    const order = STATIONS.map((station) => told.search(new RegExp(`^ *\\d+\\.\\d s {2}${station} `, 'm')));
    expect(order).not.toContain(-1);
    expect(order).toEqual([...order].sort((a, b) => a - b));
    expect(told).toMatch(/ s {2}verified {3}succeeded: active for 3 s with one invocation/);
    expect(told).toMatch(/ s {2}resolved {3}Alertmanager says/);
    expect(told).toContain('One crash, 1 restart: fettle_repair_steps_total');
    const pages = told.match(/http:\/\/127\.0\.0\.1:\d+/g) ?? [];
    const distinct = [...new Set(pages)];
    expect(distinct.length).toBe(4);
    for (const page of distinct) expect((await fetch(page)).status).toBe(200);

    expect(await demo.interrupt()).toBe(0);
    expect(demo.told()).toContain('nothing is left behind');
    for (const page of distinct) await expect(fetch(page)).rejects.toThrow();
    expect(labsOf(demo.pid)).toEqual([]);
  });

  it('ends cleanly when it is interrupted while it boots', async () => {
    const demo = startDemo();
    await waitFor('it boots', () => (labsOf(demo.pid).length > 0 ? true : undefined), {
      timeoutMs: 30_000,
    });
    expect(await demo.interrupt()).toBe(0);
    expect(labsOf(demo.pid)).toEqual([]);
  });
});

function startDemo() {
  const demo = spawn(process.execPath, ['--import', 'tsx', DEMO], { stdio: ['ignore', 'pipe', 'inherit'] });
  let output = '';
  demo.stdout.setEncoding('utf8').on('data', (text: string) => {
    output += text;
  });
  // A test that fails must not leave its demo behind.
  onTestFinished(() => {
    demo.kill('SIGTERM');
  });
  const exited = new Promise<number | null>((resolve) => demo.once('close', resolve));
  return {
    pid: demo.pid,
    told: () => output,
    interrupt() {
      demo.kill('SIGINT');
      return exited;
    },
  };
}

/** What the labs of a process have on this host: state folders, and cgroups of every hierarchy. */
function labsOf(pid: number | undefined): readonly string[] {
  const folders = [tmpdir(), '/sys/fs/cgroup', ...subfolders('/sys/fs/cgroup')];
  return folders.flatMap(subfolders).filter((path) => path.includes(`/fettle-lab-${pid}-`));
}

function subfolders(folder: string): readonly string[] {
  return readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => `${folder}/${name}`);
}
