import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { readLog } from '../../src/host/files/log-files.ts';
import { walkLedger } from '../../src/remediator/ledger-walk.ts';
import { tempFolder } from '../fakes/temp-folder.ts';
import { describeLab } from '../lab/describe-lab.ts';

/** The disk is seen by this program only, and gone with it: what is on it is copied out at the end. */
const SCRIPT = `
set -eu
mount -t tmpfs -o size=128k,nr_inodes=20 fettle-test "$1"
"$3" --import tsx "$4" "$1"
cp "$1"/ledger.jsonl* "$2"
mount -o remount,ro "$1"
"$3" --import tsx "$5" "$1/ledger.jsonl"
`;

describeLab('a ledger on a disk that is full or read-only', () => {
  it('tells who could not be written down, has what it acknowledged, and goes on once it can', async () => {
    const [disk, copy] = [tempFolder(), tempFolder()];
    const programs = [
      new URL('ledger-on-bad-disk.ts', import.meta.url).pathname,
      new URL('open-ledger.ts', import.meta.url).pathname,
    ];
    const argv = ['--mount', 'sh', '-c', SCRIPT, 'sh', disk, copy, process.execPath, ...programs];
    const env = { ...process.env, TSX_DISABLE_CACHE: '1' };
    const { stdout, stderr } = spawnSync('unshare', argv, { timeout: 30_000, encoding: 'utf8', env });
    if (stdout === '') throw new Error(`nothing was told:\n${stderr}`);
    const [first = '', opened] = stdout.split('\n');
    expect(opened).toMatch(`opening ${disk}/ledger.jsonl: EROFS`);
    const full = 'adding to DISK/ledger.jsonl: ENOSPC: no space left on device, write';
    const { told, errors, files } = JSON.parse(first);
    expect(told).toEqual({
      before: 'written',
      'first in a group': 'written',
      'too large for the room': full,
      fits: 'written',
      'large on a full disk': full,
      'once there is room': 'written',
      'up to a new file': 'written',
      'no room for a file': expect.stringContaining('adding to DISK/ledger.jsonl: ENOSPC'),
      'a new file': 'written',
    });
    expect(errors).toBe(3);
    expect(files).toEqual(['ledger.jsonl', 'ledger.jsonl.1']);

    const ids: unknown[] = [];
    const walked = await walkLedger(readLog(join(copy, 'ledger.jsonl')), (line) =>
      ids.push(Reflect.get(line, 'id')),
    );
    expect(walked.torn).toBeUndefined();
    const large = { 'up to a new file': 'large' };
    const written = Object.keys(told).filter((name) => told[name] === 'written');
    expect(ids).toEqual(written.map((name) => Reflect.get(large, name) ?? name));
  });
});
