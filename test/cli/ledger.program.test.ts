import { createHash } from 'node:crypto';
import { chmodSync, chownSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { parseCommand } from '../../src/cli/arguments.ts';
import { lineOf, writtenLines } from '../fakes/ledger.ts';
import { tempFolder } from '../fakes/temp-folder.ts';
import { findProgram } from '../lab/programs.ts';
import { asNobody } from './as-nobody.ts';
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
      `${ledger}.1:2 has been changed, or a line before it is missing: its hash does not fit`,
    );
    const none = await fettle(['audit', 'verify', join(folder, 'none.jsonl')]);
    expect([none.code, none.stderr]).toEqual([
      1,
      expect.stringContaining(`there is no ledger at ${folder}/none`),
    ]);
  });
});

describe('evidence', () => {
  const TEXT = '{"unit":"a.service"}\n';
  const hash = createHash('sha256').update(TEXT).digest('hex');

  /** A ledger of three steps, two of which have evidence that is still there. */
  function withEvidence() {
    const lines = writtenLines([
      lineOf.received(),
      lineOf.started({ evidence: hash }),
      lineOf.finished({ result: 'failed' }),
      lineOf.started({ step: 1, evidence: hash }),
      lineOf.finished({ step: 1, result: 'failed' }),
      lineOf.started({ step: 2, evidence: hash }),
    ]);
    const files = { 'i1-0.json': TEXT, 'i1-1.json': TEXT, 'other-0.json': 'of a step that never began' };
    const folder = tempFolder({ 'ledger.jsonl': textOf(lines) });
    mkdirSync(join(folder, 'evidence'));
    for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, 'evidence', name), text);
    return { folder: join(folder, 'evidence'), ledger: join(folder, 'ledger.jsonl') };
  }

  it('is verified with the ledger, as far as it is there', async () => {
    const { folder, ledger } = withEvidence();
    const { code, stdout } = await fettle(['audit', 'verify', ledger]);
    expect([code, stdout.split('\n').at(-2)]).toEqual([
      0,
      `2 files of evidence in ${folder} are as written.`,
    ]);
  });

  it('that was changed or cannot be read is told, each, and is a failure', async () => {
    const { folder, ledger } = withEvidence();
    writeFileSync(join(folder, 'i1-0.json'), TEXT.replace('a.service', 'b.service'));
    rmSync(join(folder, 'i1-1.json'));
    symlinkSync('/dev/zero', join(folder, 'i1-1.json'));
    const { code, stdout } = await fettle(['audit', 'verify', ledger]);
    expect(code).toBe(1);
    expect(stdout).toContain(`${ledger} is whole`);
    expect(stdout).toContain(`0 files of evidence in ${folder} are as written.`);
    expect(stdout).toContain(`EVIDENCE: ${folder}/i1-0.json has been changed: its SHA-256 is `);
    expect(stdout).toContain(`EVIDENCE: ${folder}/i1-1.json cannot be compared: `);
  });

  it('is named by fettle repairs as long as it is there', async () => {
    const { folder, ledger } = withEvidence();
    const { stdout } = await fettle(['repairs', ledger]);
    const told = stdout.split('\n').filter((line) => line.includes('evidence'));
    expect(told).toEqual([`    evidence: ${folder}/i1-0.json`, `    evidence: ${folder}/i1-1.json`]);
    const [repair] = JSON.parse((await fettle(['repairs', ledger, '--json'])).stdout);
    expect(repair.steps.map(({ evidence, evidenceFile }: Step) => [evidence, evidenceFile])).toEqual([
      [hash, join(folder, 'i1-0.json')],
      [hash, join(folder, 'i1-1.json')],
      [hash, null],
    ]);
  });
});

interface Step {
  readonly evidence: string | null;
  readonly evidenceFile: string | null;
}

describe('a ledger that this user may not read', () => {
  it.skipIf(process.getuid?.() !== 0 || findProgram('setpriv') === undefined).each([
    ['repairs', ['repairs']],
    ['audit verify', ['audit', 'verify']],
  ])('says who may: %s', async (command, words) => {
    const { folder, ledger } = state();
    chownSync(folder, 1, 1);
    chmodSync(folder, 0o700);
    const { code, stdout, stderr } = await asNobody({}, ...words, ledger);
    expect([code, stdout]).toEqual([1, '']);
    expect(stderr).toContain('EACCES');
    expect(stderr).toContain(
      `run it as daemon, whose folder ${folder} is, or as root: sudo -u daemon fettle ${command} ...`,
    );
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
