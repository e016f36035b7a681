import { linkSync, mkdirSync, renameSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { DirectorySettings } from '../../../src/domain/probes/files.ts';
import { askDirectory } from '../../../src/sources/probe/directory.ts';
import { asked, fileDeps } from '../../fakes/asked.ts';
import { tempFolder } from '../../fakes/temp-folder.ts';

const NOW = 1_800_000_000;

function ask(path: string, settings: Partial<DirectorySettings> = {}) {
  const whole: DirectorySettings = {
    path,
    glob: '*',
    minCount: undefined,
    maxCount: undefined,
    maxAgeSeconds: undefined,
    minTotalBytes: undefined,
    minFree: undefined,
    ...settings,
  };
  return asked(
    askDirectory(
      whole,
      fileDeps(() => NOW),
    ),
  );
}

/** Two checkpoints, one of them new, and what is none. */
function models(): string {
  const folder = tempFolder({
    'checkpoints/a.safetensors': 'x'.repeat(100),
    'checkpoints/b.safetensors': 'x'.repeat(23),
    'checkpoints/c.safetensors.tmp': 'x'.repeat(5000),
    'checkpoints/.d.safetensors': 'x'.repeat(5000),
    'checkpoints/e.part': '',
    'checkpoints/readme.txt': 'x'.repeat(5000),
    'checkpoints/old/z.safetensors': 'x'.repeat(7),
    'loras/f.safetensors': 'x'.repeat(5000),
  });
  utimesSync(join(folder, 'checkpoints/a.safetensors'), NOW, NOW - 60);
  utimesSync(join(folder, 'checkpoints/b.safetensors'), NOW, NOW - 7200);
  return folder;
}

const GLOB = 'checkpoints/*.safetensors';

describe('a folder', () => {
  it('is told by the files that fit, and no others', async () => {
    const outcome = await ask(models(), {
      glob: GLOB,
      minCount: 2,
      maxCount: 2,
      minTotalBytes: 123,
      maxAgeSeconds: 60,
    });
    expect(outcome).toMatchObject({
      failure: undefined,
      files: 2,
      sizeBytes: 123,
      modifiedSeconds: NOW - 60,
    });
  });

  it.each<[string, Partial<DirectorySettings>, string, RegExp]>([
    ['too few files', { minCount: 3 }, 'count', /^2 files fit .*, fewer than 3$/],
    ['too many files', { maxCount: 1 }, 'count', /^2 files fit .*, more than 1$/],
    ['old files', { maxAgeSeconds: 59 }, 'stale', /^the newest file that fits .* 60 s ago, more than 59 s$/],
    ['small files', { minTotalBytes: 1024 }, 'size', /have 123 bytes, less than 1 KiB/],
    ['no room', { minFree: { bytes: 2 ** 60 } }, 'space', /are free where .* is, less than/],
    ['not all of the room', { minFree: { ratio: 1 } }, 'space', /\(100 % of all\)/],
  ])('with %s is a failure, and what was seen is told', async (_, settings, reason, detail) => {
    const outcome = await ask(models(), { glob: GLOB, ...settings });
    expect(outcome.failure).toEqual({ reason, detail: expect.stringMatching(detail) });
    expect(outcome).toMatchObject({ files: 2, sizeBytes: 123 });
  });

  it('without a file that fits has none, which is well until one is wanted', async () => {
    const folder = models();
    const outcome = await ask(folder, { glob: 'none/*.safetensors' });
    expect(outcome).toMatchObject({ failure: undefined, files: 0, sizeBytes: 0 });
    expect(outcome.modifiedSeconds).toBeUndefined();
    expect((await ask(folder, { glob: '*.bin', minCount: 1 })).failure).toMatchObject({ reason: 'count' });
    expect((await ask(folder, { glob: '*.bin', maxAgeSeconds: 60 })).failure).toMatchObject({
      reason: 'missing',
    });
  });

  it('that is none is a failure without numbers', async () => {
    const folder = models();
    for (const path of [join(folder, 'none'), join(folder, 'checkpoints/readme.txt')]) {
      const outcome = await ask(path, { minFree: { bytes: 1 } });
      expect(outcome).toMatchObject({ failure: { reason: 'missing' } });
      expect(outcome.files).toBeUndefined();
    }
  });

  it('tells the room that is left', async () => {
    const { freeBytes, failure } = await ask(models(), { minFree: { bytes: 1 } });
    expect(failure).toBeUndefined();
    expect(freeBytes).toBeGreaterThan(1);
    expect((await ask(models(), {})).freeBytes).toBeUndefined();
  });

  it('is looked through at any depth, with links to files, and no circle', async () => {
    const folder = models();
    symlinkSync('..', join(folder, 'checkpoints/up'));
    symlinkSync(join(folder, 'loras'), join(folder, 'checkpoints/elsewhere'));
    symlinkSync(join(folder, 'loras/f.safetensors'), join(folder, 'checkpoints/linked.safetensors'));
    symlinkSync('nothing', join(folder, 'checkpoints/dangling.safetensors'));
    symlinkSync('self.safetensors', join(folder, 'checkpoints/self.safetensors'));
    // a, b, z and the link to f; f itself once more.
    expect(await ask(folder, { glob: '**/*.safetensors' })).toMatchObject({ failure: undefined, files: 5 });
    expect(await ask(folder, { glob: 'checkpoints/*/*.safetensors' })).toMatchObject({ files: 2 });
    // A link that the pattern names is followed: once a segment.
    expect(await ask(folder, { glob: 'checkpoints/up/up/*' })).toMatchObject({
      failure: undefined,
      files: 0,
    });
    expect(await ask(folder, { glob: 'checkpoints/elsewhere/*' })).toMatchObject({ files: 1 });
    expect(await ask(folder, { glob: 'checkpoints/**/z.safetensors' })).toMatchObject({ files: 1 });
  });

  it('with folders deeper than anybody looks is a failure', async () => {
    const folder = tempFolder();
    mkdirSync(join(folder, Array.from({ length: 18 }, () => 'd').join('/')), { recursive: true });
    const { failure, files } = await ask(folder, { glob: '**/*.bin' });
    expect(failure).toMatchObject({ reason: 'too_large' });
    expect(files).toBeUndefined();
  });

  it('of 50 000 files is given up, and no number is made up', async () => {
    const folder = tempFolder({ first: 'x' });
    for (let index = 0; index < 50_000; index += 1)
      linkSync(join(folder, 'first'), join(folder, `f${index}`));
    const outcome = await ask(folder, { minCount: 1 });
    expect(outcome.failure).toEqual({
      reason: 'too_large',
      detail: expect.stringMatching(/more than 10000 names .*narrower pattern/),
    });
    expect(outcome.files).toBeUndefined();
  }, 60_000);

  it('of 10 000 files is looked at', async () => {
    const folder = tempFolder({ first: 'x' });
    for (let index = 1; index < 10_000; index += 1)
      linkSync(join(folder, 'first'), join(folder, `f${index}`));
    expect(await ask(folder)).toMatchObject({ failure: undefined, files: 10_000, sizeBytes: 10_000 });
  }, 60_000);

  it('with names that are no UTF-8 says that they are left out', async () => {
    const folder = tempFolder({ good: '' });
    writeFileSync(Buffer.concat([Buffer.from(`${folder}/bad`), Buffer.from([0xff])]), '');
    const outcome = await ask(folder);
    expect(outcome).toMatchObject({ failure: undefined, files: 1 });
    expect(outcome.notes).toEqual(['1 names that are no UTF-8 were left out.']);
  });

  it('whose files come and go is told as it is found', async () => {
    const folder = tempFolder({ a: '1', b: '22' });
    symlinkSync('a', join(folder, 'l'));
    renameSync(join(folder, 'a'), join(folder, '.gone'));
    expect(await ask(folder)).toMatchObject({ failure: undefined, files: 1, sizeBytes: 2 });
  });

  it('that cannot be looked at is unreadable', async () => {
    const outcome = await ask(join(models(), 'x'.repeat(300)));
    expect(outcome.failure).toMatchObject({
      reason: 'unreadable',
      detail: expect.stringMatching(/ENAMETOOLONG/),
    });
    const inside = await ask(models(), { glob: `${'x'.repeat(300)}/*`, minCount: 1 });
    expect(inside.failure).toMatchObject({ reason: 'unreadable' });
  });
});
