import { spawnSync } from 'node:child_process';
import {
  existsSync,
  linkSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type AppendLog, openAppendLog } from '../../../src/host/files/append-log.ts';
import { readLog } from '../../../src/host/files/log-files.ts';
import { anyText } from '../../fakes/any-text.ts';
import { tempFolder } from '../../fakes/temp-folder.ts';

const modeOf = (path: string) => statSync(path).mode & 0o777;

const add = (log: AppendLog, ...lines: readonly string[]) => log.append(() => lines);

async function linesOf(log: Pick<AppendLog, 'read'>): Promise<readonly string[]> {
  const lines: string[] = [];
  for await (const { texts } of log.read()) lines.push(...texts);
  return lines;
}

const linesAt = (path: string) => linesOf({ read: () => readLog(path) });

describe('openAppendLog', () => {
  it('makes the file and its folder for this user alone', async () => {
    const path = join(tempFolder(), 'state/fettle/ledger.jsonl');
    const { log, torn } = await openAppendLog(path);
    const lines = await linesOf(log);
    await log.close();
    expect({ lines, torn }).toEqual({ lines: [], torn: undefined });
    expect([modeOf(path), modeOf(join(path, '..'))]).toEqual([0o600, 0o700]);
  });

  it('gives the lines that are there, and leaves them', async () => {
    const path = join(tempFolder({ log: 'one\n\ntwo\n' }), 'log');
    const { log, torn } = await openAppendLog(path);
    const lines = await linesOf(log);
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
    expect(opened.torn).toBe(torn);
    expect(await linesOf(opened.log)).toEqual(lines);
    await add(opened.log, 'next');
    await opened.log.close();
    expect(readFileSync(path, 'utf8').split('\n')).toEqual([...lines, 'next', '']);
  });

  it('cuts at the right byte even where the file holds what is no UTF-8', async () => {
    const path = join(tempFolder(), 'log');
    writeFileSync(path, Buffer.from('"\xff\xff"\n{"torn \xe4', 'latin1'));
    const { log, torn } = await openAppendLog(path);
    await add(log, 'next');
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
        const { log } = await openAppendLog(path);
        const lines = await linesOf(log);
        await add(log, 'next');
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
    await add(log, 'one', 'two');
    expect(readFileSync(path, 'utf8')).toBe('one\ntwo\n');
    await add(log, 'three');
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
    await Promise.all(pieces.map((lines) => add(log, ...lines)));
    await log.close();
    expect(readFileSync(path, 'utf8')).toBe(`${pieces.flat().join('\n')}\n`);
  });

  it('is waited for by close', async () => {
    const path = join(tempFolder(), 'log');
    const { log } = await openAppendLog(path);
    const appended = add(log, 'one');
    await log.close();
    await appended;
    expect(readFileSync(path, 'utf8')).toBe('one\n');
  });

  it('throws a Failure that names the file once it is closed', async () => {
    const path = join(tempFolder(), 'log');
    const { log } = await openAppendLog(path);
    await log.close();
    await expect(add(log, 'one')).rejects.toMatchObject({ name: 'Failure', code: 'unwritable' });
    await expect(add(log, 'one')).rejects.toThrow(`adding to ${path}: `);
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
    // Half of the long line did get in, and is cut off at once.
    expect(JSON.parse(run.stdout)).toEqual([
      { name: 'fits', code: 'ok', bytes: 12 },
      { name: 'does not fit', code: told, bytes: 12 },
      { name: 'does not fit either', code: told, bytes: 12 },
      { name: 'fits again', code: 'ok', bytes: 18 },
    ]);
    expect(readFileSync(path, 'utf8')).toBe('found\nfirst\nthird\n');
  });
});

describe('a log of several files', () => {
  const files = (path: string) =>
    readdirSync(join(path, '..'))
      .toSorted()
      .map((name) => [name, readFileSync(join(path, '..', name), 'utf8')]);

  it('begins a new file once the old one is large, keeps so many, and says when it begins one', async () => {
    const path = join(tempFolder(), 'log');
    const { log } = await openAppendLog(path, { maxBytes: 6, kept: 2 });
    const begins: boolean[] = [];
    for (const line of ['one', 'two', 'three', 'four', '5', '6', '7', '8']) {
      await log.append((beginsFile) => {
        begins.push(beginsFile);
        return [line];
      });
    }
    expect(begins).toEqual([true, false, true, true, false, true, false, false]);
    expect(files(path)).toEqual([
      ['log', '6\n7\n8\n'],
      ['log.1', 'four\n5\n'],
      ['log.2', 'three\n'],
    ]);
    expect(await linesOf(log)).toEqual(['three', 'four', '5', '6', '7', '8']);
    await log.close();
    expect(modeOf(path)).toBe(0o600);
  });

  it('is found again, and goes on', async () => {
    const path = join(
      tempFolder({ log: 'three\n', 'log.1': 'two\n', 'log.2': 'one\n', 'log.x': '', 'log.01': '' }),
      'log',
    );
    const { log } = await openAppendLog(path, { maxBytes: 6, kept: 8 });
    await add(log, 'four');
    expect(await linesOf(log)).toEqual(['one', 'two', 'three', 'four']);
    expect(readFileSync(`${path}.3`, 'utf8')).toBe('one\n');
    await log.close();
  });

  it('stays with its process when a new file begins', async () => {
    const path = join(tempFolder(), 'log');
    const { log } = await openAppendLog(path, { maxBytes: 1, kept: 2 });
    for (const line of ['one', 'two', 'three']) await add(log, line);
    await expect(openAppendLog(path)).rejects.toMatchObject({ code: 'refused' });
    await log.close();
    const again = await openAppendLog(path);
    await again.log.close();
  });

  it.each([
    ['the new file was made', { 'log.1': 'one\n', log: 'two\n', 'log.new': '' }],
    ['the older ones were renamed', { 'log.2': 'one\n', log: 'two\n', 'log.new': '' }],
    ['the log was renamed, where there are no links', { 'log.2': 'one\n', 'log.1': 'two\n', 'log.new': '' }],
    ['all was done', { 'log.2': 'one\n', 'log.1': 'two\n', log: '' }],
  ])('opens after a crash when %s', async (_when, left) => {
    const path = join(tempFolder(left), 'log');
    expect(await linesAt(path)).toEqual(['one', 'two']);
    const { log } = await openAppendLog(path, { maxBytes: 1, kept: 4 });
    await add(log, 'three');
    expect(await linesOf(log)).toEqual(['one', 'two', 'three']);
    expect(existsSync(`${path}.new`)).toBe(false);
    await add(log, 'four');
    expect(await linesOf(log)).toEqual(['one', 'two', 'three', 'four']);
    await log.close();
  });

  it('opens after a crash that left it under two names', async () => {
    const path = join(tempFolder({ 'log.2': 'one\n', log: 'two\n', 'log.new': '' }), 'log');
    linkSync(path, `${path}.1`);
    expect(await linesAt(path)).toEqual(['one', 'two']);
    const { log } = await openAppendLog(path);
    await add(log, 'three');
    expect(await linesOf(log)).toEqual(['one', 'two', 'three']);
    expect(existsSync(`${path}.1`)).toBe(false);
    await log.close();
  });

  it('is what it was where no new file can be made, adds nothing, and goes on once one can', async () => {
    const path = join(tempFolder({ log: 'one\n', 'log.1/in-the-way': '' }), 'log');
    const { log } = await openAppendLog(path, { maxBytes: 1, kept: 1 });
    await expect(add(log, 'two')).rejects.toThrow(`adding to ${path}: `);
    expect([readFileSync(path, 'utf8'), existsSync(`${path}.new`)]).toEqual(['one\n', false]);
    rmSync(`${path}.1`, { recursive: true });
    await add(log, 'two');
    expect(await linesOf(log)).toEqual(['one', 'two']);
    await log.close();
  });

  it('can be read while it is written, from its beginning to some end', async () => {
    const path = join(tempFolder(), 'log');
    const { log } = await openAppendLog(path, { maxBytes: 200, kept: 1000 });
    let written = 0;
    const writing = (async () => {
      for (; written < 400; written++) await add(log, `line ${written}`);
    })();
    let reads = 0;
    for (; written < 400; reads++) {
      const before = written;
      const lines = await linesAt(path);
      expect(lines).toEqual(Array.from(lines, (_, index) => `line ${index}`));
      expect(lines.length).toBeGreaterThanOrEqual(before);
    }
    await writing;
    await log.close();
    expect(reads).toBeGreaterThan(1);
  });

  it('reads lines that are longer than what is read at a time, and tells a torn end', async () => {
    const long = 'ö'.repeat(1_500_000);
    const path = join(tempFolder({ log: `${long}\n\nend\n{"torn` }), 'log');
    const pieces: unknown[] = [];
    for await (const { number, texts, torn } of readLog(path)) {
      pieces.push({ number, lengths: texts.map(({ length }) => length), torn });
    }
    expect(pieces).toEqual([
      { number: 1, lengths: [1_500_000, 0, 3], torn: undefined },
      { number: 4, lengths: [], torn: { text: '{"torn', bytes: 6 } },
    ]);
  });

  it('refuses a line that is too long to be read again, and throws at one that is there', async () => {
    const path = join(tempFolder(), 'log');
    const { log } = await openAppendLog(path);
    await expect(add(log, 'x'.repeat(32 * 1024 ** 2))).rejects.toThrow(
      'a line of 32 MiB or more is too long',
    );
    await add(log, 'short');
    await log.close();
    writeFileSync(path, 'x'.repeat(34 * 1024 ** 2), { flag: 'a' });
    await expect(linesAt(path)).rejects.toMatchObject({ code: 'unreadable' });
    await expect(linesAt(path)).rejects.toThrow(`${path}:2: `);
  });

  it('is no log where there is none', async () => {
    expect(await linesAt(join(tempFolder(), 'none/log'))).toEqual([]);
  });
});
