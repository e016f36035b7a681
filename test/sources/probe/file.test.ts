import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, symlinkSync, truncateSync, utimesSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { FileSettings } from '../../../src/domain/probes/files.ts';
import { askFile } from '../../../src/sources/probe/file.ts';
import { asked, fileDeps } from '../../fakes/asked.ts';
import { tempFolder } from '../../fakes/temp-folder.ts';

const NOW = 1_800_000_000;

/** Asks of `file` in a folder where it holds 1000 bytes and was written an hour ago. */
function ask(settings: Partial<FileSettings> = {}, prepare: (path: string) => void = () => undefined) {
  const path = join(tempFolder({ file: 'x'.repeat(1000) }), 'file');
  utimesSync(path, NOW, NOW - 3600);
  prepare(path);
  const whole: FileSettings = {
    path,
    exists: true,
    maxAgeSeconds: undefined,
    minAgeSeconds: undefined,
    minBytes: undefined,
    maxBytes: undefined,
    ...settings,
  };
  return asked(
    askFile(
      whole,
      fileDeps(() => NOW),
    ),
  );
}

describe('a file', () => {
  it('is told by its size and its time', async () => {
    const outcome = await ask({ minBytes: 1000, maxBytes: 1000, minAgeSeconds: 3600, maxAgeSeconds: 3600 });
    expect(outcome).toMatchObject({ failure: undefined, sizeBytes: 1000, modifiedSeconds: NOW - 3600 });
  });

  it.each<[string, Partial<FileSettings>, string, RegExp]>([
    ['is too old', { maxAgeSeconds: 3599 }, 'stale', /written 60 min ago, more than 60 min/],
    ['is too new', { minAgeSeconds: 7200 }, 'stale', /written 60 min ago, and should rest for 2 h/],
    ['is too small', { minBytes: 1001 }, 'size', /has 1000 bytes, less than 1001 bytes/],
    ['is too large', { maxBytes: 999 }, 'size', /has 1000 bytes, more than 999 bytes/],
    ['should not be there', { exists: false }, 'count', /exists, and should not/],
  ])('that %s is a failure, and its size is told all the same', async (_, settings, reason, detail) => {
    const outcome = await ask(settings);
    expect(outcome.failure).toEqual({ reason, detail: expect.stringMatching(detail) });
    expect(outcome.sizeBytes).toBe(1000);
  });

  it('that is not there is a failure, or none', async () => {
    const path = join(tempFolder(), 'none');
    expect((await ask({ path })).failure).toEqual({ reason: 'missing', detail: `there is no ${path}` });
    expect((await ask({ path, exists: false })).failure).toBeUndefined();
    expect((await ask({ path: join(path, 'below') })).failure).toMatchObject({ reason: 'missing' });
  });

  it.each([61, 86_400, 2_200_000_000])('of a time %i s ahead is not new for ever', async (ahead) => {
    const prepare = (path: string) => utimesSync(path, NOW, NOW + ahead);
    for (const settings of [{ maxAgeSeconds: 60 }, { minAgeSeconds: 60 }]) {
      expect((await ask(settings, prepare)).failure).toEqual({
        reason: 'stale',
        detail: expect.stringMatching(/lies in the future, by .*; see whether the clocks are right/),
      });
    }
    expect((await ask({}, prepare)).failure).toBeUndefined();
  });

  it('of a time a minute ahead is new, since clocks differ', async () => {
    const outcome = await ask({ maxAgeSeconds: 1 }, (path) => utimesSync(path, NOW, NOW + 59));
    expect(outcome.failure).toBeUndefined();
  });

  it('behind a link is the one that counts', async () => {
    const folder = tempFolder({ target: '12345' });
    symlinkSync('target', join(folder, 'link'));
    expect(await ask({ path: join(folder, 'link') })).toMatchObject({ failure: undefined, sizeBytes: 5 });
    symlinkSync('nothing', join(folder, 'dangling'));
    const { failure } = await ask({ path: join(folder, 'dangling') });
    expect(failure).toMatchObject({ reason: 'missing', detail: expect.stringMatching(/leads to nothing/) });
    symlinkSync('loop', join(folder, 'loop'));
    expect((await ask({ path: join(folder, 'loop') })).failure).toMatchObject({ reason: 'unreadable' });
  });

  it('that is none is not opened: a pipe, a folder, a device', async () => {
    const folder = tempFolder();
    execFileSync('mkfifo', [join(folder, 'pipe')]);
    symlinkSync('pipe', join(folder, 'to-pipe'));
    for (const path of [join(folder, 'pipe'), join(folder, 'to-pipe'), folder, '/dev/zero']) {
      const { failure, sizeBytes } = await ask({ path });
      expect(failure).toMatchObject({ reason: 'missing', detail: expect.stringMatching(/no plain file/) });
      expect(sizeBytes).toBeUndefined();
    }
  });

  it('of many gigabytes, and one that nobody may read, is only looked at', async () => {
    const outcome = await ask({ minBytes: 2 ** 40 }, (path) => {
      truncateSync(path, 2 ** 40);
      chmodSync(path, 0);
    });
    expect(outcome).toMatchObject({ failure: undefined, sizeBytes: 2 ** 40 });
  });

  it('has a name of any kind', async () => {
    const folder = join(tempFolder(), 'a folder\nof "two" lines');
    mkdirSync(folder);
    expect((await ask({ path: join(folder, 'x') })).failure).toMatchObject({ reason: 'missing' });
    expect((await ask({ path: join(folder, 'x'.repeat(300)) })).failure).toMatchObject({
      reason: 'unreadable',
    });
  });
});
