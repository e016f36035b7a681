import { spawnSync } from 'node:child_process';
import { accessSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { describeLab } from '../../lab/describe-lab.ts';

/**
 * Mounts two file systems that no program serves, in a mount namespace of its own, and reads the machine there.
 *
 * Whoever asks for their sizes waits in the kernel, as for an NFS server that is gone, until the process that
 * holds /dev/fuse open has ended.
 */
const SCRIPT = `
set -eu
exec 3<>/dev/fuse 4<>/dev/fuse
mount -i -t fuse -o fd=3,rootmode=40000,user_id=0,group_id=0 hung1 "$1"
mount -i -t fuse -o fd=4,rootmode=40000,user_id=0,group_id=0 hung2 "$2"
exec "$3" --import tsx "$4" "$1" "$2"
`;

function hasFuse(): boolean {
  try {
    accessSync('/dev/fuse');
    return true;
  } catch {
    return false;
  }
}

describeLab('file systems that hang', () => {
  it.runIf(hasFuse())('have no sizes, and cost neither others theirs nor the process its threads', () => {
    const points = [0, 1].map(() => mkdtempSync(join(tmpdir(), 'fettle-test-')));
    onTestFinished(() => {
      for (const point of points) rmSync(point, { recursive: true });
    });
    const program = new URL('read-hung-mounts.ts', import.meta.url).pathname;
    const argv = ['--mount', 'bash', '-c', SCRIPT, 'bash', ...points, process.execPath, program];
    const { stdout, stderr } = spawnSync('unshare', argv, { timeout: 30_000, encoding: 'utf8' });
    if (stdout === '') throw new Error(`nothing was read:\n${stderr}`);
    // The second is not asked while the first hangs.
    const round = [['/', true, false], ...points.map((point, index) => [point, false, index === 1])];
    expect(JSON.parse(stdout)).toEqual({
      rounds: [round, round, round],
      sensorIsRead: true,
      isPacked: true,
    });
  });
});
