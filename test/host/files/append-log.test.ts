import { spawnSync } from 'node:child_process';
import { readFileSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { openAppendLog } from '../../../src/host/files/append-log.ts';
import { anyText } from '../../fakes/any-text.ts';
import { tempFolder } from '../../fakes/temp-folder.ts';

const modeOf = (path: string) => statSync(path).mode & 0o777;

describe('openAppendLog', () => {
  it('makes the file and its folder for this user alone', async () => {
    const path = join(tempFolder(), 'state/fettle/ledger.jsonl');
    const { log, lines, torn } = await openAppendLog(path);
    await log.close();
    expect({ lines, torn }).toEqual({ lines: [], torn: undefined });
    expect([modeOf(path), modeOf(join(path, '..'))]).toEqual([0o600, 0o700]);
  });

  it('gives the lines that are there, and leaves them', async () => {
    const path = join(tempFolder({ log: 'one\n\ntwo\n' }), 'log');
    const { log, lines, torn } = await openAppendLog(path);
    await log.close();
    expect({ lines, torn }).toEqual({ lines: ['one', '', 'two'], torn: undefined });
    expect(readFileSync(path, 'utf8')).toBe('one\n\ntwo\n');
  });

  it.each([
    ['after whole ones', 'one\ntwo\n{"torn', ['one', 'two'], '{"torn'],
    ['alone in the file', '{"torn', [], '{"torn'],
    ['in several bytes a letter', 'größe\nträ', ['größe'], 'trä'],
  ])('cuts off and tells a line without its end, %s', async (_, text, lines, torn) => {
    const path = join(tempFolder({ log: text }), 'log');
    const opened = await openAppendLog(path);
    expect(opened).toMatchObject({ lines, torn });
    await opened.log.append(['next']);
    await opened.log.close();
    expect(readFileSync(path, 'utf8').split('\n')).toEqual([...lines, 'next', '']);
  });

  it('cuts at the right byte even where the file holds what is no UTF-8', async () => {
    const path = join(tempFolder(), 'log');
    writeFileSync(path, Buffer.from('"\xff\xff"\n{"torn \xe4', 'latin1'));
    const { log, torn } = await openAppendLog(path);
    await log.append(['next']);
    await log.close();
    expect(torn).toBe('{"torn \ufffd');
    expect(readFileSync(path, 'latin1')).toBe('"\xff\xff"\nnext\n');
  });

  it('takes a file apart at any byte, and goes on with the whole lines before it', async () => {
    const line = anyText().filter((text) => !text.includes('\n'));
    await fc.assert(
      fc.asyncProperty(fc.array(line, { minLength: 1, maxLength: 4 }), fc.nat(), async (written, cut) => {
        const path = join(tempFolder({ log: `${written.join('\n')}\n` }), 'log');
        const size = cut % (statSync(path).size + 1);
        truncateSync(path, size);
        const whole = readFileSync(path, 'latin1').split('\n').length - 1;
        const { log, lines } = await openAppendLog(path);
        await log.append(['next']);
        await log.close();
        expect(lines).toEqual(written.slice(0, whole));
        expect(readFileSync(path, 'utf8')).toBe([...lines, 'next', ''].join('\n'));
      }),
      { numRuns: 25 },
    );
  });

  it('throws a Failure where the log is a folder', async () => {
    const path = tempFolder();
    await expect(openAppendLog(path)).rejects.toMatchObject({
      code: 'unwritable',
      cause: { code: 'EISDIR' },
    });
    await expect(openAppendLog(path)).rejects.toThrow(`opening ${path}: EISDIR`);
  });

  it('throws a Failure where the folder cannot be made', async () => {
    const path = join(tempFolder({ file: '' }), 'file/fettle/ledger.jsonl');
    await expect(openAppendLog(path)).rejects.toMatchObject({
      code: 'unwritable',
      cause: { code: 'ENOTDIR' },
    });
  });
});

describe('append', () => {
  it('has the lines in the file once it returns', async () => {
    const path = join(tempFolder(), 'log');
    const { log } = await openAppendLog(path);
    await log.append(['one', 'two']);
    expect(readFileSync(path, 'utf8')).toBe('one\ntwo\n');
    await log.append(['three']);
    expect(readFileSync(path, 'utf8')).toBe('one\ntwo\nthree\n');
    await log.close();
  });

  it('keeps pieces together and in the order in which they were given, when many come at once', async () => {
    const path = join(tempFolder(), 'log');
    const { log } = await openAppendLog(path);
    const pieces = Array.from({ length: 50 }, (_, index) => [
      `${index} ${'x'.repeat(index * 97)}`,
      `${index} end`,
    ]);
    await Promise.all(pieces.map((lines) => log.append(lines)));
    await log.close();
    expect(readFileSync(path, 'utf8')).toBe(`${pieces.flat().join('\n')}\n`);
  });

  it('is waited for by close', async () => {
    const path = join(tempFolder(), 'log');
    const { log } = await openAppendLog(path);
    const appended = log.append(['one']);
    await log.close();
    await appended;
    expect(readFileSync(path, 'utf8')).toBe('one\n');
  });

  it('throws a Failure that names the file once it is closed', async () => {
    const path = join(tempFolder(), 'log');
    const { log } = await openAppendLog(path);
    await log.close();
    await expect(log.append(['one'])).rejects.toMatchObject({ name: 'Failure', code: 'unwritable' });
    await expect(log.append(['one'])).rejects.toThrow(`adding to ${path}: `);
  });

  it('adds nothing if there is no room for all of it, and no half line stays before the next', () => {
    const path = join(tempFolder({ log: 'found\n' }), 'log');
    // A limit on the size of files stands for a full disk: the kernel writes what fits and then refuses. tsx
    // must not write its cache in such a process.
    const run = spawnSync(
      'sh',
      [
        '-c',
        'ulimit -f 8 && exec "$0" --import tsx "$1" "$2"',
        process.execPath,
        new URL('append-on-full-disk.ts', import.meta.url).pathname,
        path,
      ],
      { encoding: 'utf8', env: { ...process.env, TSX_DISABLE_CACHE: '1' } },
    );
    expect(run).toMatchObject({ status: 0, stderr: '' });
    const told = `unwritable: adding to ${path}: EFBIG: file too large, write`;
    // 4096 or 8192 bytes, as the shell counts: half of the long line did get in.
    const full = expect.toSatisfy((bytes) => bytes === 4096 || bytes === 8192);
    expect(JSON.parse(run.stdout)).toEqual([
      { name: 'fits', code: 'ok', bytes: 12 },
      { name: 'does not fit', code: told, bytes: full },
      { name: 'does not fit either', code: told, bytes: full },
      { name: 'fits again', code: 'ok', bytes: 18 },
    ]);
    expect(readFileSync(path, 'utf8')).toBe('found\nfirst\nthird\n');
  });
});
