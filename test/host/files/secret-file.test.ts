import { execFileSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { createGate } from '../../../src/domain/gate.ts';
import { createSecretReader } from '../../../src/host/files/secret-file.ts';
import { tempFolder } from '../../fakes/temp-folder.ts';

/** Reads that end when the test says so, in these places. */
function heldReader(places = createGate(1)) {
  const begun: string[] = [];
  const ends: ((text: string) => void)[] = [];
  const read = createSecretReader(
    () => places,
    (path) => {
      begun.push(path);
      return new Promise((resolve) => ends.push(resolve));
    },
  );
  return { begun, ends, read };
}

const settle = () => new Promise<void>((resolve) => setImmediate(resolve));

describe('a file of secrets', () => {
  it('is read as it is now', async () => {
    const folder = tempFolder({ token: 's3cret\n' });
    const read = createSecretReader(() => createGate(1));
    expect(await read(`${folder}/token`)).toBe('s3cret\n');
    await expect(read(`${folder}/none`)).rejects.toMatchObject({
      reason: 'unreadable',
      message: `${folder}/none cannot be read (ENOENT); fettle reads it at each question`,
    });
    await expect(read(folder)).rejects.toMatchObject({ message: `${folder} is not a file` });
  });

  it('that is a pipe keeps nobody waiting', async () => {
    const path = `${tempFolder()}/pipe`;
    execFileSync('mkfifo', [path]);
    const read = createSecretReader(() => createGate(1));
    await expect(read(path)).rejects.toMatchObject({ message: `${path} is not a file` });
  });

  it('that hangs is read once, however many ask for it, and takes one place', async () => {
    const { begun, ends, read } = heldReader(createGate(2));
    for (let index = 0; index < 300; index += 1) {
      const caller = new AbortController();
      const reading = read('/mnt/token', { signal: caller.signal, onBegun: () => undefined });
      caller.abort(new Error('time is up'));
      await expect(reading).rejects.toThrow('time is up');
    }
    expect(begun).toEqual(['/mnt/token']);
    const other = read('/etc/token');
    ends[1]?.('local');
    expect(await other).toBe('local');
    const last = read('/mnt/token');
    ends[0]?.('at last');
    expect(await last).toBe('at last');
    // Anew from then on.
    await settle();
    void read('/mnt/token');
    expect(begun).toEqual(['/mnt/token', '/etc/token', '/mnt/token']);
  });

  it('that waits for a place leaves the line when nobody wants it any more', async () => {
    const { begun, ends, read } = heldReader();
    const first = read('/a');
    const callers = [new AbortController(), new AbortController()];
    const both = callers.map(({ signal }) => read('/b', { signal, onBegun: () => undefined }));
    for (const caller of callers) caller.abort(new Error('time is up'));
    for (const one of both) await expect(one).rejects.toThrow('time is up');
    let isBegun = false;
    const later = read('/b', {
      signal: new AbortController().signal,
      onBegun: () => {
        isBegun = true;
      },
    });
    await settle();
    expect([begun, isBegun]).toEqual([['/a'], false]);
    ends[0]?.('a');
    expect(await first).toBe('a');
    await settle();
    expect([begun, isBegun]).toEqual([['/a', '/b'], true]);
    ends[1]?.('b');
    expect(await later).toBe('b');
  });

  it('stays wanted while one of several readers waits', async () => {
    const { ends, read } = heldReader();
    const first = read('/a');
    const [gone, stays] = [new AbortController(), new AbortController()];
    const leaving = read('/b', { signal: gone.signal, onBegun: () => undefined });
    const staying = read('/b', { signal: stays.signal, onBegun: () => undefined });
    gone.abort(new Error('time is up'));
    await expect(leaving).rejects.toThrow('time is up');
    ends[0]?.('a');
    await first;
    await settle();
    ends[1]?.('b');
    expect(await staying).toBe('b');
  });
});
