import { mkdirSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { systemClock, yieldTurn } from '../../../src/host/clock.ts';
import { createDrmScanner, type DrmScannerOptions } from '../../../src/sources/drm/processes.ts';
import { tempFolder } from '../../fakes/temp-folder.ts';
import { type FakeProc, fakeProc } from '../processes/fake-proc.ts';

const signal = new AbortController().signal;
const CARD = '/dev/dri/renderD128';

const fdinfo = (clientId: number) =>
  `drm-driver:\tamdgpu\ndrm-client-id:\t${clientId}\ndrm-pdev:\t0000:0b:00.0\n`;

const scannerOf = (proc: FakeProc, more: Partial<DrmScannerOptions> = {}) =>
  createDrmScanner({ procfs: proc.path, elapsedMs: systemClock.elapsedMs, yieldTurn, ...more });

/** Pid and client of each use. */
async function found(scan: ReturnType<typeof createDrmScanner>): Promise<readonly string[]> {
  return (await scan(signal)).map(({ pid, client }) => `${pid}:${client.clientId}`);
}

describe('createDrmScanner', () => {
  it('finds the clients of processes that have a GPU open, and reads no other file', async () => {
    const proc = fakeProc();
    proc.start(10, { files: { 0: { to: '/dev/null' }, 5: { to: CARD, fdinfo: fdinfo(1) } } });
    proc.start(11, { files: { 3: { to: '/dev/driver', fdinfo: fdinfo(2) }, 4: { to: 'socket:[1]' } } });
    proc.start(12, { files: { 3: { to: '/dev/kfd' }, 4: { to: '/dev/dri/card1', fdinfo: fdinfo(3) } } });
    proc.start(13, { files: { 3: { to: '/tmp/dev/dri/x', fdinfo: fdinfo(4) } } });
    expect((await found(scannerOf(proc))).toSorted()).toEqual(['10:1', '12:3']);
  });

  it('leaves out processes that may not be looked into', async () => {
    const proc = fakeProc();
    proc.start(10, { files: { 5: { to: CARD, fdinfo: fdinfo(1) } } });
    // A file in the place of the folder fails as a folder of another user's process does.
    mkdirSync(`${proc.path}/11/fdinfo/5`, { recursive: true });
    proc.start(12, { files: { 5: { to: CARD, fdinfo: fdinfo(2) } } });
    expect((await found(scannerOf(proc))).toSorted()).toEqual(['10:1', '12:2']);
  });

  it('sees users of GPUs and new processes each time, and the others within four times', async () => {
    const proc = fakeProc();
    const pids = [20, 21, 22, 23];
    for (const pid of pids) proc.start(pid);
    const scan = scannerOf(proc);
    expect(await found(scan)).toEqual([]);
    for (const pid of pids) proc.start(pid, { files: { 5: { to: CARD, fdinfo: fdinfo(pid) } } });
    proc.start(24, { files: { 5: { to: CARD, fdinfo: fdinfo(24) } } });
    const counts: number[] = [];
    for (let round = 0; round < 4; round += 1) {
      const uses = await found(scan);
      expect(uses).toContain('24:24');
      counts.push(uses.length);
    }
    expect(counts).toEqual([2, 3, 4, 5]);
  });

  it('keeps its limits', async () => {
    const proc = fakeProc();
    for (let pid = 1; pid <= 9; pid += 1) {
      proc.start(pid, {
        files: { 1: { to: CARD, fdinfo: fdinfo(pid) }, 2: { to: CARD, fdinfo: fdinfo(pid) } },
      });
    }
    const count = async (limits: DrmScannerOptions['limits'] & object) =>
      (await found(scannerOf(proc, { limits }))).length;
    const many = { processes: 100, files: 100, clients: 100 };
    expect(await count(many)).toBe(18);
    expect(await count({ ...many, processes: 4 })).toBe(8);
    expect(await count({ ...many, files: 1 })).toBe(9);
    expect(await count({ ...many, clients: 5 })).toBe(5);
  });

  it('gives others their turn, and ends when its caller has given up', async () => {
    const proc = fakeProc();
    for (let pid = 1; pid <= 50; pid += 1) proc.start(pid);
    let now = 0;
    let turns = 0;
    const caller = new AbortController();
    const scan = scannerOf(proc, {
      elapsedMs: () => {
        now += 1;
        return now;
      },
      async yieldTurn() {
        turns += 1;
        if (turns === 5) caller.abort(new Error('enough'));
      },
    });
    await expect(scan(caller.signal)).rejects.toThrow('enough');
    expect(turns).toBe(5);
  });

  it('says that there is no procfs to list', async () => {
    const scan = createDrmScanner({
      procfs: `${tempFolder({ file: '' })}/file/proc`,
      elapsedMs: systemClock.elapsedMs,
      yieldTurn,
    });
    expect(await scan(signal)).toEqual([]);
  });

  it.runIf(process.platform === 'linux')('goes over the real procfs of this machine', async () => {
    const scan = createDrmScanner({ procfs: '/proc', elapsedMs: systemClock.elapsedMs, yieldTurn });
    for (const { pid, client } of await scan(signal)) {
      expect(pid).toBeGreaterThan(0);
      expect(client.driver).not.toBe('');
    }
  });
});
