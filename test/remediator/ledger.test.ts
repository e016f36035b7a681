import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { LedgerEvent, LedgerLine } from '../../src/domain/ledger.ts';
import type { Moment } from '../../src/domain/moment.ts';
import { History } from '../../src/policy/history.ts';
import { createLedger, openLedger } from '../../src/remediator/ledger.ts';
import { checkLink, firstLinkOf, GENESIS, linkOf } from '../../src/remediator/ledger-chain.ts';
import { parseLedgerLine } from '../../src/remediator/ledger-line.ts';
import { walkLedger } from '../../src/remediator/ledger-walk.ts';
import { createFakeLedger, eventsOf, lineOf, throttledLine, writtenLines } from '../fakes/ledger.ts';
import { aPolicy, NOON } from '../fakes/repairs.ts';

const FILE = '/var/lib/fettle/ledger.jsonl';

const LINES: readonly LedgerLine[] = [
  lineOf.received(),
  throttledLine(),
  lineOf.finished({ action: 'throttle' }),
  lineOf.ended({ ending: 'eased' }),
  lineOf.undone(),
  lineOf.resolved(),
];

const piece = (texts: readonly string[], file = FILE) => ({ file, number: 1, texts });

async function walked(...pieces: Parameters<typeof piece>[]) {
  const lines: LedgerLine[] = [];
  const seen = await walkLedger(
    pieces.map((one) => piece(...one)),
    (line) => lines.push(line),
  );
  return { ...seen, read: lines };
}

describe('a line of the ledger', () => {
  it.each([...Object.entries(lineOf), ['throttled', throttledLine] as const])(
    'of kind %s survives being written and read',
    async (_kind, make) => {
      const [text = ''] = writtenLines([make()]);
      expect(text).not.toContain('\n');
      expect(Object.keys(JSON.parse(text)).at(-1)).toBe('chain');
      expect((await walked([[text]])).read).toEqual([make()]);
    },
  );

  it.each([
    ['half a line', '{"v":2,"at":"2026', 'not JSON'],
    ['no object', '7', 'not an object'],
    ['a list', '[]', 'not an object'],
    ['another format', { ...lineOf.received(), v: 3 }, 'format version 3; this fettle reads 2'],
    ['an unknown event', { ...lineOf.received(), event: 'deceived' }, 'unknown event deceived'],
    ['an event that every object has', { ...lineOf.received(), event: 'toString' }, 'unknown event toString'],
    ['no time', { ...lineOf.received(), at: 'noon' }, 'no "at" as it should be'],
    ['no boot', { ...lineOf.received(), boot: undefined }, 'no "boot" as it should be'],
    ['a time before the boot', { ...lineOf.received(), up: -1 }, 'no "up" as it should be'],
    ['no id', { ...lineOf.started(), id: undefined }, 'no "id" as it should be'],
    ['a step between two', { ...lineOf.started(), step: 0.5 }, 'no "step" as it should be'],
    ['an unknown action', { ...lineOf.started(), action: 'reboot' }, 'no "action" as it should be'],
    [
      'limits that are numbers',
      { ...lineOf.started(), limits: { CPUWeight: 1 } },
      'no "limits" as it should be',
    ],
    ['a label that is a list', { ...lineOf.received(), labels: { a: [] } }, 'no "labels" as it should be'],
    [
      'denials without a reason',
      { ...lineOf.refused(), denials: [{ rail: 'r' }] },
      'no "denials" as it should be',
    ],
    [
      'a refusal until nobody knows when',
      { ...lineOf.refused(), denials: [{ rail: 'r', reason: '', retryAt: 'soon' }] },
      'no "denials" as it should be',
    ],
    ['no fingerprint', { ...lineOf.resolved(), fingerprint: null }, 'no "fingerprint" as it should be'],
    ['a hold that is a text', { ...lineOf.ended(), hold: '1h' }, 'no "hold" as it should be'],
  ])('is not believed if it is %s', (_what, line, problem) => {
    expect(parseLedgerLine(typeof line === 'string' ? line : JSON.stringify(line))).toBe(problem);
  });
});

describe('the chain', () => {
  it('is SHA-256 over the hash before, a newline, and the line without it', () => {
    // printf '%064d\n{"v":2}' 0 | sha256sum
    const { text, chain } = linkOf(GENESIS, '{"v":2}');
    expect(chain).toBe('d65752da570b6ebfff34667abe357eeb5dc89a7c2084a6e63c667f9d8dcbd7c5');
    expect(text).toBe(`{"v":2,"chain":"${chain}"}`);
  });

  it('begins a new ledger from zeros, and a later file with the hash that it goes on from', () => {
    expect(firstLinkOf(GENESIS, '{"v":2}')).toEqual(linkOf(GENESIS, '{"v":2}'));
    const before = 'a'.repeat(64);
    const { text } = firstLinkOf(before, '{"v":2}');
    expect(text).toMatch(`{"v":2,"after":"${before}","chain":"`);
    expect(checkLink(before, text)).toMatchObject({ json: '{"v":2}' });
    expect(checkLink(undefined, text)).toMatchObject({ json: '{"v":2}', isFirst: false });
    expect(checkLink('b'.repeat(64), text)).toMatch(/^the lines before it are missing/);
  });

  it('breaks wherever one byte is another one', async () => {
    const texts = writtenLines(LINES);
    const whole = `${texts.join('\n')}\n`;
    await fc.assert(
      fc.asyncProperty(fc.nat(whole.length - 2), fc.integer({ min: 0, max: 0x7f }), async (place, code) => {
        const letter = String.fromCharCode(code);
        fc.pre(whole[place] !== letter);
        const flipped = `${whole.slice(0, place)}${letter}${whole.slice(place + 1)}`;
        const number = whole.slice(0, place).split('\n').length;
        const failure = walked([flipped.split('\n').slice(0, -1)]);
        await expect(failure).rejects.toMatchObject({ code: 'unreadable' });
        await expect(failure).rejects.toThrow(`${FILE}:${number} `);
      }),
    );
  });

  it.each([
    ['is taken away', (texts: readonly string[]) => texts.toSpliced(2, 1), 3],
    ['is there twice', (texts: readonly string[]) => texts.toSpliced(2, 0, texts[2] ?? ''), 4],
    [
      'has another place',
      (texts: readonly string[]) => texts.toSpliced(2, 2, texts[3] ?? '', texts[2] ?? ''),
      3,
    ],
    ['is the first and taken away', (texts: readonly string[]) => texts.slice(1), 1],
    ['is empty', (texts: readonly string[]) => texts.toSpliced(2, 0, ''), 3],
  ])('breaks where a line %s', async (_what, change, number) => {
    await expect(walked([change(writtenLines(LINES))])).rejects.toThrow(`${FILE}:${number} `);
  });
});

describe('the walk through a ledger', () => {
  const first = writtenLines(LINES.slice(0, 3));
  const chainOf = (texts: readonly string[]) => /"chain":"(\w+)"\}$/.exec(texts.at(-1) ?? '')?.[1] ?? '';
  const second = writtenLines(LINES.slice(3), chainOf(first));

  it('goes on from one file to the next', async () => {
    const seen = await walked([first, `${FILE}.1`], [second]);
    expect(seen).toMatchObject({
      files: [`${FILE}.1`, FILE],
      lines: 6,
      first: NOON.toISOString(),
      last: NOON.toISOString(),
      beginsInTheMiddle: false,
      chain: chainOf(second),
      torn: undefined,
    });
    expect(seen.read).toEqual(
      LINES.map((line, index) => (index === 3 ? expect.objectContaining(line) : line)),
    );
  });

  it('begins in the middle where the oldest file was given up', async () => {
    expect(await walked([second])).toMatchObject({ lines: 3, beginsInTheMiddle: true });
  });

  it('knows no lines, no files and empty files', async () => {
    expect(await walked()).toMatchObject({ files: [], lines: 0, chain: GENESIS, first: undefined });
    expect(await walked([[]])).toMatchObject({ files: [FILE], lines: 0, beginsInTheMiddle: false });
    expect(await walked([first, `${FILE}.1`], [[]])).toMatchObject({ lines: 3, chain: chainOf(first) });
  });

  it('misses a file that is gone between two', async () => {
    const third = writtenLines([lineOf.resolved()], chainOf(second));
    await expect(walked([first, `${FILE}.2`], [third])).rejects.toThrow(
      `${FILE}:1 has been changed, or a line before it is missing: the lines before it are missing`,
    );
  });

  it('tells a line that is not whole at the very end, and stops at one before', async () => {
    const torn = { text: '{"v"', bytes: 4 };
    expect(await walkLedger([{ ...piece(first), torn }], () => undefined)).toMatchObject({
      lines: 3,
      torn: { file: FILE, bytes: 4 },
    });
    const broken = [{ ...piece(first, `${FILE}.1`), torn }, piece(second)];
    await expect(walkLedger(broken, () => undefined)).rejects.toThrow(
      `${FILE}.1 has a last line that is not whole`,
    );
  });

  it('says that a ledger is of an older fettle, and what to do', async () => {
    const old = '{"v":1,"at":"2026-11-21T12:00:00.000Z","event":"received","id":"i1"}';
    await expect(walked([[old]])).rejects.toThrow(
      `${FILE}:1 was written by an older fettle, in format version 1. ` +
        'Nothing is repaired until that is cleared up: keep the file, look at that line, and move it and its older ' +
        'files (.1 and so on) away to begin a new ledger. It forgets cooldowns, limits and open circuits, which alerts ' +
        'are done with (what still fires is decided about anew), and what is to be put back: throttles then stay ' +
        'until the machine restarts, power modes for good',
    );
  });
});

describe('a ledger', () => {
  const moment = (): Moment => ({ wall: NOON, boot: 'boot-7', upSeconds: 12.5 });

  it('begins with the history of its lines', async () => {
    const files = {
      async *read() {
        yield piece(writtenLines([lineOf.received(), lineOf.refused()]));
      },
      append: async () => undefined,
    };
    const { history } = await openLedger(files, moment);
    expect(history.isTakenIn('f1', NOON, aPolicy(), NOON, 0)).toBe(true);
  });

  it('takes a line into its history once it is on the disk, with the time of both clocks', async () => {
    const { ledger, disk } = createFakeLedger([], moment);
    await ledger.append([lineOf.received()]);
    expect(eventsOf(disk)).toEqual(['received']);
    expect(disk.texts[0]).toMatch(
      '{"v":2,"at":"2026-11-21T12:00:00.000Z","boot":"boot-7","up":12.5,"event":"received"',
    );
    expect(ledger.history.unended().length).toBe(1);
  });

  it('knows nothing of a line that could not be written, counts the error, and goes on where it was', async () => {
    const { ledger, disk } = createFakeLedger();
    disk.full = true;
    await expect(ledger.append([lineOf.received()])).rejects.toThrow('no space left');
    expect(ledger.history.unended()).toEqual([]);
    expect(ledger.errors).toBe(1);
    disk.full = false;
    await ledger.append([lineOf.received()]);
    await ledger.append([lineOf.refused()]);
    expect((await walked([disk.texts])).read).toEqual([lineOf.received(), lineOf.refused()]);
  });

  it('goes on from what it found', async () => {
    const { ledger, disk } = createFakeLedger([lineOf.received()]);
    await ledger.append([lineOf.started()]);
    expect((await walked([disk.texts])).lines).toBe(2);
  });

  it('writes nothing for nothing, and tells a time that cannot be read without writing', async () => {
    const { ledger, disk } = createFakeLedger([], () => {
      throw new Error('no clock');
    });
    await ledger.append([]);
    await expect(ledger.append([lineOf.received()])).rejects.toThrow('no clock');
    expect(disk.texts).toEqual([]);
  });
});

/** A disk whose writes end when they are told to. */
function slowDisk() {
  const writes: { readonly texts: readonly string[]; end(thrown?: Error): void }[] = [];
  const history = new History();
  const ledger = createLedger({
    history,
    chain: GENESIS,
    moment: () => ({ wall: NOON, boot: 'b', upSeconds: 1 }),
    append: (linesOf) =>
      new Promise<void>((resolve, reject) => {
        const texts = linesOf(false);
        writes.push({ texts, end: (thrown) => (thrown === undefined ? resolve() : reject(thrown)) });
      }),
  });
  const ids = (index: number) => writes[index]?.texts.map((text) => JSON.parse(text).id);
  return { ledger, writes, ids };
}

const received = (id: string): LedgerEvent => lineOf.received({ id, fingerprint: id });

describe('appends that come while one is under way', () => {
  const turn = () => new Promise((resolve) => setImmediate(resolve));

  it('are written in one piece after it, in order', async () => {
    const { ledger, writes, ids } = slowDisk();
    const done = ['1', '2', '3'].map((id) => ledger.append([received(id), received(`${id}b`)]));
    await turn();
    expect([writes.length, ids(0)]).toEqual([1, ['1', '1b']]);
    writes[0]?.end();
    await turn();
    expect([writes.length, ids(1)]).toEqual([2, ['2', '2b', '3', '3b']]);
    expect(ledger.history.phaseOf('2')).toBeUndefined();
    writes[1]?.end();
    await Promise.all(done);
    expect(ledger.history.unended().length).toBe(6);
    const texts = writes.flatMap((write) => write.texts);
    expect((await walked([texts])).lines).toBe(6);
  });

  it('are told each of its own failure', async () => {
    const { ledger, writes, ids } = slowDisk();
    const done = ['1', 'too large', '3'].map((id) =>
      ledger.append([received(id)]).then(
        () => 'written',
        (thrown: Error) => thrown.message,
      ),
    );
    await turn();
    writes[0]?.end();
    await turn();
    writes[1]?.end(new Error('no room'));
    await turn();
    expect(ids(2)).toEqual(['too large']);
    writes[2]?.end(new Error('still no room'));
    await turn();
    writes[3]?.end();
    expect(await Promise.all(done)).toEqual(['written', 'still no room', 'written']);
    expect(ledger.errors).toBe(1);
    const texts = [writes[0], writes[3]].flatMap((write) => write?.texts ?? []);
    expect((await walked([texts])).read.map((line) => Reflect.get(line, 'id'))).toEqual(['1', '3']);
  });
});
