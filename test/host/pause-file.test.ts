import { mkdirSync, readdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { pausePath, readPause, removePause, writePause } from '../../src/host/pause-file.ts';
import { tempFolder } from '../fakes/temp-folder.ts';

const NOON = new Date('2026-11-21T12:00:00Z');
const ONE = new Date('2026-11-21T13:00:00Z');
const PAUSE = { since: NOON, until: ONE, reason: 'driver upgrade', by: 'alice' };

const NONE = { known: true, value: undefined };

describe('the pause', () => {
  it('stands beside the ledger', () => {
    expect(pausePath('/var/lib/fettle/ledger.jsonl')).toBe('/var/lib/fettle/pause.json');
  });

  it('is in force until its end, and no longer', async () => {
    const path = join(tempFolder(), 'state', 'pause.json');
    await writePause(path, PAUSE);
    expect(await readPause(path, NOON)).toEqual({ known: true, value: PAUSE });
    expect(await readPause(path, new Date(ONE.getTime() - 1))).toEqual({ known: true, value: PAUSE });
    expect(await readPause(path, ONE)).toEqual(NONE);
  });

  it('without an end lasts until somebody resumes', async () => {
    const path = join(tempFolder(), 'pause.json');
    const endless = { ...PAUSE, until: undefined };
    await writePause(path, endless);
    expect(await readPause(path, new Date('2099-01-01T00:00:00Z'))).toEqual({ known: true, value: endless });
    expect(await removePause(path)).toBe(true);
    expect(await readPause(path, NOON)).toEqual(NONE);
    expect(await removePause(path)).toBe(false);
  });

  it('takes the place of another as a whole, and can be read by whom the remediator runs as', async () => {
    const folder = tempFolder();
    const path = join(folder, 'pause.json');
    // A link in the place of the new file leads nowhere.
    symlinkSync(join(folder, 'victim'), `${path}.next`);
    await writePause(path, PAUSE);
    await writePause(path, { ...PAUSE, reason: 'another' });
    expect(await readPause(path, NOON)).toMatchObject({ value: { reason: 'another' } });
    expect(readdirSync(folder)).toEqual(['pause.json']);
    expect(statSync(path).mode & 0o777).toBe(0o644);
  });

  it('is the same in a folder that is not there', async () => {
    const path = join(tempFolder(), 'nowhere', 'pause.json');
    expect(await readPause(path, NOON)).toEqual(NONE);
    expect(await removePause(path)).toBe(false);
  });

  it.each([
    ['', 'an empty file'],
    ['{', 'what is no JSON'],
    ['null', 'nothing'],
    ['[]', 'a list'],
    ['{"v":1}', 'half of it'],
    ['{"v":2,"since":"2026-11-21T12:00:00Z","until":null,"reason":"x","by":""}', 'a later format'],
    ['{"v":1,"since":"soon","until":null,"reason":"x","by":""}', 'no time'],
    ['{"v":1,"since":"2026-11-21T12:00:00Z","until":"later","reason":"x","by":""}', 'no end'],
    ['{"v":1,"since":"2026-11-21T12:00:00Z","reason":"x","by":""}', 'a missing end'],
    ['{"v":1,"since":"2026-11-21T12:00:00Z","until":null,"reason":1,"by":""}', 'no reason'],
    ['x'.repeat(20_000), 'too large a file'],
  ])('is not known from %j, which is %s, and can be ended', async (text) => {
    const path = join(tempFolder({ 'pause.json': text }), 'pause.json');
    expect(await readPause(path, NOON)).toEqual({ known: false, why: expect.stringContaining(path) });
    expect(await removePause(path)).toBe(true);
    expect(await readPause(path, NOON)).toEqual(NONE);
  });

  it.each(['folder', 'link'])('is not known from a %s', async (kind) => {
    const path = join(tempFolder(), 'pause.json');
    if (kind === 'folder') mkdirSync(path);
    else symlinkSync('/nowhere', path);
    expect(await readPause(path, NOON)).toMatchObject({ known: false });
  });

  it('that cannot be written stays as it was', async () => {
    const folder = tempFolder();
    writeFileSync(join(folder, 'file'), '');
    const path = join(folder, 'file', 'pause.json');
    await expect(writePause(path, PAUSE)).rejects.toMatchObject({ code: 'unwritable' });
    expect(readFileSync(join(folder, 'file'), 'utf8')).toBe('');
  });
});
