import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { createGate } from '../../../src/domain/gate.ts';
import { boundedFiles, createSlowFiles } from '../../../src/host/slow/slow-files.ts';
import { hungFile } from '../../fakes/hung-file.ts';
import { tempFolder } from '../../fakes/temp-folder.ts';
import { waitFor } from '../../lab/wait.ts';

/** Short, since tests wait for it; long enough for a file that does answer. */
const LIMIT_MS = 300;

/** Longer than any test. */
const NEVER_MS = 600_000;

const TIMEOUT = { error: 'timeout' };
const NOT_ASKED = { error: 'unasked' };

function setUp(limitMs = LIMIT_MS) {
  const folder = tempFolder({ good: '1\n', other: '2\n' });
  const files = createSlowFiles(createGate(2), limitMs);
  return { folder, files, at: (name: string) => join(folder, name) };
}

describe('files that answer', () => {
  it('are told as they are now', async () => {
    const { files, at } = setUp();
    expect(await files.readText(at('good'))).toEqual({ value: '1\n' });
    writeFileSync(at('good'), '23\n');
    expect(await files.readText(at('good'))).toEqual({ value: '23\n' });
  });

  it('are listed, followed and measured', async () => {
    const { files, folder, at } = setUp();
    symlinkSync('good', at('link'));
    expect(await files.list(folder)).toEqual({ value: ['good', 'link', 'other'] });
    expect(await files.realPath(at('link'))).toEqual({ value: at('good') });
    const sizes = await files.sizes(folder);
    if ('error' in sizes) throw new Error(sizes.error);
    const { blocks, freeBlocks, availableBlocks, blockBytes } = sizes.value;
    expect(blockBytes).toBeGreaterThan(0);
    expect(blocks).toBeGreaterThanOrEqual(freeBlocks);
    expect(freeBlocks).toBeGreaterThanOrEqual(availableBlocks);
  });

  it('say by the name of the kernel why they cannot be read', async () => {
    const { files, at } = setUp();
    mkdirSync(at('folder'));
    expect(await files.readText(at('none'))).toEqual({ error: 'ENOENT' });
    expect(await files.readText(at('folder'))).toEqual({ error: 'EISDIR' });
    expect(await files.list(at('good'))).toEqual({ error: 'ENOTDIR' });
    expect(await files.sizes(at('none'))).toEqual({ error: 'ENOENT' });
  });

  it('are read however many they are', async () => {
    const { files, at } = setUp(NEVER_MS);
    const names = Array.from({ length: 200 }, (_, n) => `f${n}`);
    for (const name of names) writeFileSync(at(name), name);
    const all = await Promise.all(names.map((name) => files.readText(at(name))));
    expect(all).toEqual(names.map((value) => ({ value })));
  });
});

describe('a file that hangs', () => {
  it('is a timeout, and costs no other file its value', async () => {
    const { files, at } = setUp();
    hungFile(at('hung'));
    const all = await Promise.all(['hung', 'good', 'other'].map((name) => files.readText(at(name))));
    expect(all).toEqual([TIMEOUT, { value: '1\n' }, { value: '2\n' }]);
  });

  it('is not asked again before it has answered, and then is', async () => {
    const { files, at } = setUp();
    const hung = hungFile(at('hung'));
    expect(await files.readText(at('hung'))).toEqual(TIMEOUT);
    for (let round = 0; round < 5; round += 1) expect(await files.readText(at('hung'))).toEqual(TIMEOUT);
    // A second reader of it would have taken the last place.
    expect(await files.readText(at('good'))).toEqual({ value: '1\n' });
    hung.answer('3\n');
    const answer = await waitFor('the file is read again', async () => {
      const outcome = await files.readText(at('hung'));
      return 'value' in outcome ? outcome.value : undefined;
    });
    expect(answer).toBe('3\n');
  });

  it('answers everybody who has asked meanwhile, if it does so within the limit', async () => {
    const { files, at } = setUp(NEVER_MS);
    const hung = hungFile(at('hung'));
    const asked = [files.readText(at('hung')), files.readText(at('hung'))];
    hung.answer('4\n');
    expect(await Promise.all(asked)).toEqual([{ value: '4\n' }, { value: '4\n' }]);
  });
});

describe('many files that hang', () => {
  it('leave the rest of the process its threads', async () => {
    const { files, at } = setUp();
    const hung = Array.from({ length: 8 }, (_, n) => at(`hung${n}`));
    for (const path of hung) hungFile(path);
    const told = hung.map((_, index) => (index < 2 ? TIMEOUT : NOT_ASKED));
    expect(await Promise.all(hung.map((path) => files.readText(path)))).toEqual(told);
    expect(await Promise.all(hung.map((path) => files.readText(path)))).toEqual(told);
    expect(files.hung().map(({ path }) => path)).toEqual(hung.slice(0, 2));
    expect(files.leftOut()).toBe(12);
    // Both need threads of the pool: with four of them taken, neither would ever end.
    expect((await promisify(gzip)('text')).length).toBeGreaterThan(0);
    expect(await readFile(at('good'), 'utf8')).toBe('1\n');
  });

  it('keep others from being read, until one of them answers; what was given up is then not begun', async () => {
    const { files, at } = setUp();
    const hung = [hungFile(at('hung0')), hungFile(at('hung1'))];
    const first = ['hung0', 'hung1', 'good'].map((name) => files.readText(at(name)));
    expect(await Promise.all(first)).toEqual([TIMEOUT, TIMEOUT, NOT_ASKED]);
    hung[0]?.answer('5\n');
    const answer = await waitFor('there is a place again', async () => {
      const outcome = await files.readText(at('good'));
      return 'value' in outcome ? outcome.value : undefined;
    });
    expect(answer).toBe('1\n');
  });
});

describe('files that no device has to answer for', () => {
  function setUpLocal() {
    const { folder, at } = setUp();
    return { folder, at, files: createSlowFiles(createGate(2), LIMIT_MS, createGate(1)) };
  }

  it('are read while devices have all of their places', async () => {
    const { files, folder, at } = setUpLocal();
    for (const name of ['hung0', 'hung1']) hungFile(at(name));
    const hung = ['hung0', 'hung1'].map((name) => files.readText(at(name)));
    expect(await Promise.all(hung)).toEqual([TIMEOUT, TIMEOUT]);
    expect(await files.readText(at('good'))).toEqual(NOT_ASKED);
    expect(await files.readLocal(at('good'))).toEqual({ value: '1\n' });
    expect(await files.list(folder)).toMatchObject({ value: expect.arrayContaining(['good']) });
    expect(await files.sizes(folder)).toMatchObject({ value: { blocks: expect.any(Number) } });
  });

  it('are read where devices are while one of them hangs; of those that hang too, one is asked', async () => {
    const { files, at } = setUpLocal();
    for (const name of ['hung0', 'hung1', 'hung2']) hungFile(at(name));
    expect(await files.readLocal(at('hung0'))).toEqual(TIMEOUT);
    expect(await files.readLocal(at('good'))).toEqual({ value: '1\n' });
    const others = ['hung1', 'hung2'].map((name) => files.readLocal(at(name)));
    expect(await Promise.all(others)).toEqual([TIMEOUT, NOT_ASKED]);
    expect(await files.readLocal(at('hung0'))).toEqual(TIMEOUT);
    // With three threads gone, one file of a probe would be enough to keep all four.
    expect(await files.readText(at('good'))).toEqual(NOT_ASKED);
    expect(files.hung()).toHaveLength(2);
  });
});

describe('the head of a file', () => {
  it('is its first bytes, as many as there are', async () => {
    const { files, at } = setUp();
    expect(await files.readHead(at('good'), 1)).toEqual({ value: new Uint8Array([0x31]) });
    expect(await files.readHead(at('good'), 10)).toMatchObject({ value: { length: 2 } });
    expect(await files.readHead(at('none'), 10)).toEqual({ error: 'ENOENT' });
  });

  it('costs no more threads than there are places, however many hang', async () => {
    const { files, at } = setUp();
    const hung = Array.from({ length: 8 }, (_, n) => at(`hung${n}`));
    for (const path of hung) hungFile(path);
    const heads = await Promise.all(hung.map((path) => files.readHead(path, 4)));
    expect(heads).toEqual(hung.map((_, index) => (index < 2 ? TIMEOUT : NOT_ASKED)));
    expect((await promisify(gzip)('text')).length).toBeGreaterThan(0);
  });
});

describe('a device', () => {
  it('that hangs is found again by each of its names, and asked no more', async () => {
    const root = tempFolder({
      'devices/0000:03:00.0/vendor': '0x1002\n',
      'devices/0000:03:00.0/power1': '5\n',
      'devices/0000:03:00.0/hwmon/hwmon3/temp2_input': '1\n',
      'class/drm/.keep': '',
      'class/hwmon/.keep': '',
      'bus/pci/devices/.keep': '',
    });
    const device = join(root, 'devices/0000:03:00.0');
    mkdirSync(join(device, 'drm/card0'), { recursive: true });
    for (const own of ['drm/card0', 'hwmon/hwmon3']) symlinkSync(device, join(device, own, 'device'));
    symlinkSync(join(device, 'drm/card0'), join(root, 'class/drm/card0'));
    symlinkSync(join(device, 'hwmon/hwmon3'), join(root, 'class/hwmon/hwmon3'));
    symlinkSync(device, join(root, 'bus/pci/devices/0000:03:00.0'));
    hungFile(join(device, 'hwmon/hwmon3/temp1_input'));
    const files = createSlowFiles(createGate(2), LIMIT_MS);
    const read = (path: string) => files.readText(join(root, path));
    expect(await read('class/hwmon/hwmon3/temp1_input')).toEqual(TIMEOUT);
    expect(await read('class/hwmon/hwmon3/temp2_input')).toEqual(NOT_ASKED);
    expect(await read('class/drm/card0/device/power1')).toEqual(NOT_ASKED);
    expect(await read('bus/pci/devices/0000:03:00.0/power1')).toEqual(NOT_ASKED);
    // What it is, the kernel has in memory.
    expect(await read('bus/pci/devices/0000:03:00.0/vendor')).toEqual({ value: '0x1002\n' });
  });
});

describe('bounded files', () => {
  it('wait for nothing past their time, and accuse nobody', async () => {
    const { files, at } = setUp(NEVER_MS);
    for (const name of ['hung0', 'hung1']) hungFile(at(name));
    const bounded = boundedFiles(files, 50);
    const all = await Promise.all(['hung0', 'hung1', 'good'].map((name) => bounded.readText(at(name))));
    expect(all).toEqual([NOT_ASKED, NOT_ASKED, NOT_ASKED]);
  });
});
