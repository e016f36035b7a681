import { describe, expect, it } from 'vitest';
import { createGate } from '../../../src/domain/gate.ts';
import { askFile } from '../../../src/sources/probe/file.ts';
import { createPlacesOf } from '../../../src/sources/probe/file-places.ts';
import { asked } from '../../fakes/asked.ts';
import { tempFolder } from '../../fakes/temp-folder.ts';

/** A `mountinfo` of these places and types. */
function mountinfo(...mounts: readonly (readonly [mountpoint: string, fstype: string])[]): string {
  return mounts.map(([at, type], id) => `${id} 1 0:${id} / ${at} rw - ${type} dev rw\n`).join('');
}

const MOUNTS = mountinfo(
  ['/', 'ext4'],
  ['/mnt/nfs', 'nfs4'],
  ['/mnt/nfs/local', 'xfs'],
  ['/mnt/nfs\\040two', 'cifs'],
  ['/auto', 'autofs'],
  ['/over', 'nfs'],
  ['/over', 'ext4'],
);

/** Whether a path waits while one on a server hangs. */
async function waitsForServer(path: string): Promise<boolean> {
  const placesOf = createPlacesOf(createGate(2), () => MOUNTS);
  let answer: () => void = () => undefined;
  const hanging = placesOf('/mnt/nfs/x')(() => new Promise<void>((resolve) => (answer = resolve)));
  let begun = false;
  const other = placesOf(path)(async () => {
    begun = true;
  });
  await new Promise((resolve) => setImmediate(resolve));
  const waited = !begun;
  answer();
  await Promise.all([hanging, other]);
  return waited;
}

describe('a question about a file', () => {
  it.each([
    ['/mnt/nfs', true],
    ['/mnt/nfs/models/x', true],
    ['/mnt/nfs two/x', true],
    ['/auto/home', true],
    ['/mnt/nfs/local/x', false],
    ['/mnt/nfsx', false],
    ['/over/x', false],
    ['/var/lib', false],
  ])('%s waits for a server that hangs: %s', async (path, expected) => {
    expect(await waitsForServer(path)).toBe(expected);
  });

  it('that hangs is over in time, says what it waited for, and is not asked again', async () => {
    const path = `${tempFolder({ file: '' })}/file`;
    let asks = 0;
    const placesOf = () => () => {
      asks += 1;
      return new Promise<never>(() => undefined);
    };
    const ask = askFile(
      {
        path,
        exists: true,
        maxAgeSeconds: undefined,
        minAgeSeconds: undefined,
        minBytes: undefined,
        maxBytes: undefined,
      },
      { placesOf, nowSeconds: () => 0 },
    );
    expect((await asked(ask, 20)).failure).toEqual({
      reason: 'timeout',
      detail: expect.stringContaining(`asking the kernel about ${path}`),
    });
    expect((await asked(ask, 60_000)).failure).toEqual({
      reason: 'timeout',
      detail: expect.stringMatching(/has not answered an earlier question yet/),
    });
    expect(asks).toBe(1);
  });
});
