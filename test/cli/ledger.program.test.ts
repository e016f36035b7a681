import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { parseCommand } from '../../src/cli/arguments.ts';
import { lineOf, writtenLines } from '../fakes/ledger.ts';
import { tempFolder } from '../fakes/temp-folder.ts';
import { NO_BUS, startFettle } from './run-fettle.ts';

const FIRST = writtenLines([
  lineOf.received(),
  lineOf.refused(),
  lineOf.received({ id: 'i2', fingerprint: 'f2', unit: 'b.service', policy: 'q' }),
]);
const CHAIN = /"chain":"(\w+)"\}$/.exec(FIRST.at(-1) ?? '')?.[1] ?? '';
const SECOND = writtenLines([lineOf.rehearsed({ id: 'i2', unit: 'b.service', policy: 'q' })], CHAIN);

const textOf = (lines: readonly string[]) => lines.map((line) => `${line}\n`).join('');

/** A state folder with a ledger of two files. */
function state(torn = ''): { readonly folder: string; readonly ledger: string } {
  const folder = tempFolder({ 'ledger.jsonl.1': textOf(FIRST), 'ledger.jsonl': textOf(SECOND) + torn });
  return { folder, ledger: join(folder, 'ledger.jsonl') };
}

async function fettle(words: readonly string[], folder = '') {
  return await startFettle(words, onTestFinished, { ...NO_BUS, STATE_DIRECTORY: folder }).ended;
}

describe('fettle audit verify', () => {
  it('tells that a ledger is whole, and what there is of it', async () => {
    const { ledger } = state();
    const { code, stdout, stderr } = await fettle(['audit', 'verify', ledger]);
    expect(stdout.split('\n')).toEqual([
      `${ledger} is whole: every line is as it was written, and follows the one before.`,
      'lines  4',
      'files  ledger.jsonl.1, ledger.jsonl',
      'first  2026-11-21T12:00:00.000Z',
      'last   2026-11-21T12:00:00.000Z',
      '',
    ]);
    expect([code, stderr]).toEqual([0, '']);
  });

  it('takes an end that is not whole for what it is, and older files may be gone', async () => {
    const { folder, ledger } = state('{"v":2,"at');
    writeFileSync(join(folder, 'fettle.yml'), `remediator: {ledger: ${ledger}}\n`);
    const { code, stdout } = await fettle(['audit', 'verify', '--config', join(folder, 'fettle.yml')]);
    expect([code, stdout]).toEqual([0, expect.stringContaining('After the last line come 10 bytes of one')]);
    writeFileSync(`${ledger}.1`, '');
    const later = await fettle(['audit', 'verify', ledger]);
    expect([later.code, later.stdout]).toEqual([0, expect.stringContaining('Older lines are gone')]);
    expect(readFileSync(ledger, 'utf8')).toBe(`${textOf(SECOND)}{"v":2,"at`);
  });

  it('says where a ledger is broken, or that there is none', async () => {
    const { ledger, folder } = state();
    writeFileSync(`${ledger}.1`, textOf(FIRST).replace('"rail":"allow-list"', '"rail":"allow-lost"'));
    const { code, stdout, stderr } = await fettle(['audit', 'verify', ledger]);
    expect([code, stdout]).toEqual([1, '']);
    expect(stderr).toContain(
      `${ledger}.1:2: not a line that the ledger can go on from (its hash does not fit`,
    );
    const none = await fettle(['audit', 'verify', join(folder, 'none.jsonl')]);
    expect([none.code, none.stderr]).toEqual([
      1,
      expect.stringContaining(`there is no ledger at ${folder}/none`),
    ]);
  });
});

describe('fettle repairs', () => {
  it('shows those of the ledger, of one unit or policy, and so many', async () => {
    const { ledger } = state();
    const { code, stdout } = await fettle(['repairs', ledger]);
    expect(code).toBe(0);
    expect(stdout).toMatch(
      /^WHEN.*\n.*b\.service +rehearsed.*\n.*a\.service +refused.*\n {4}refused by allow-list: no\n$/,
    );
    const idsOf = async (...words: readonly string[]) => {
      const answer = await fettle(['repairs', ledger, '--json', ...words]);
      return JSON.parse(answer.stdout).map(({ id }: { readonly id: string }) => id);
    };
    expect(await idsOf('--unit', 'a')).toEqual(['i1']);
    expect(await idsOf('--policy', 'q')).toEqual(['i2']);
    expect(await idsOf('--limit', '1')).toEqual(['i2']);
    expect(await idsOf('--unit', 'a', '--policy', 'q')).toEqual([]);
  });

  it('says that there is nothing yet, and what is wrong with the command', async () => {
    const { ledger } = state();
    writeFileSync(ledger, '');
    writeFileSync(`${ledger}.1`, '');
    const { code, stdout, stderr } = await fettle(['repairs', ledger]);
    expect([code, stdout, stderr]).toEqual([
      0,
      '',
      `fettle: no alert has led to anything yet, by ${ledger}\n`,
    ]);
    const wrong = await fettle(['repairs', ledger, '--limit', '0']);
    expect([wrong.code, wrong.stderr]).toEqual([
      2,
      'fettle: --limit: expected a number from 1 to 10000; got 0\n',
    ]);
    const noConfig = await fettle(['repairs', '--config', '/nonexistent/fettle.yml']);
    expect(noConfig.code).toBe(2);
  });
});

describe('the commands of the ledger', () => {
  it.each([
    [['audit'], 'audit can verify: fettle audit verify [LEDGER]'],
    [['audit', 'mend'], 'audit can verify: fettle audit verify [LEDGER]'],
    [['audit', 'verify', 'a', 'b'], 'audit verify takes one ledger: fettle audit verify LEDGER'],
    [['audit', 'verify', 'a', '-c', 'b'], 'expected a ledger or --config FILE, not both'],
    [['audit', 'verify', '--json'], 'audit takes no --json'],
    [['repairs', 'a', 'b'], 'repairs takes one ledger: fettle repairs LEDGER'],
    [['repairs', 'a', '-c', 'b'], 'expected a ledger or --config FILE, not both'],
  ])('refuse %s', (words, problem) => {
    expect(parseCommand(words)).toEqual({ kind: 'usage', problem });
  });

  it('take what they are given', () => {
    expect(parseCommand(['audit', 'verify', '-c', 'f.yml'])).toEqual({
      kind: 'audit',
      ledger: undefined,
      configFile: 'f.yml',
    });
    expect(
      parseCommand(['repairs', 'l.jsonl', '-u', 'a', '--policy', 'p', '--limit', '3', '--json']),
    ).toEqual({
      kind: 'repairs',
      ledger: 'l.jsonl',
      configFile: undefined,
      unit: 'a',
      policy: 'p',
      limit: '3',
      json: true,
    });
  });
});
