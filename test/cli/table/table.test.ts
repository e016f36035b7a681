import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Column } from '../../../src/cli/table/column.ts';
import { shortenMiddle } from '../../../src/cli/table/fit.ts';
import { tableLines } from '../../../src/cli/table/table.ts';
import { anyText } from '../../fakes/any-text.ts';
import { RED, RESET, withoutColours } from './colours.ts';

interface Row {
  readonly name: string;
  readonly state: string;
  readonly used: string;
  readonly most: string;
  readonly note: string;
}

const COLUMNS: readonly Column<Row>[] = [
  { heading: 'UNIT', cell: ({ name }) => name, shortened: true },
  {
    heading: 'STATE',
    cell: ({ state }) => `active/${state}`,
    brief: ({ state }) => state,
    colour: ({ state }) => (state === 'failed' ? 'red' : undefined),
  },
  { heading: 'USED', align: 'right', cell: ({ used }) => used, leftOut: 2 },
  { heading: '', joined: true, cell: ({ most }) => most, leftOut: 1 },
  { heading: 'NOTE', cell: ({ note }) => note },
];

const ROWS: readonly Row[] = [
  { name: 'a.service', state: 'failed', used: '-', most: '', note: 'exit-code 3' },
  { name: 'a-service-of-a-long-name.service', state: 'running', used: '1.2', most: ' / 4.0', note: '' },
  { name: 'b.service', state: 'running', used: '10.0', most: ' / 16.0', note: '' },
];

const written = (width?: number, rows = ROWS) => tableLines(COLUMNS, rows, { width, colours: false });

describe('a table', () => {
  it('has aligned columns, as wide as they need to be', () => {
    expect(written()).toEqual([
      'UNIT                              STATE           USED         NOTE',
      'a.service                         active/failed      -         exit-code 3',
      'a-service-of-a-long-name.service  active/running   1.2 / 4.0',
      'b.service                         active/running  10.0 / 16.0',
    ]);
  });

  it('shortens long names in the middle before anything else', () => {
    expect(written(71)).toEqual([
      'UNIT                           STATE           USED         NOTE',
      'a.service                      active/failed      -         exit-code 3',
      'a-service-of-a…g-name.service  active/running   1.2 / 4.0',
      'b.service                      active/running  10.0 / 16.0',
    ]);
  });

  it('shortens the first such column before the next', () => {
    const columns: readonly Column<Row>[] = [
      { heading: 'UNIT', cell: ({ name }) => name, shortened: true },
      { heading: 'NOTE', cell: ({ note }) => note, shortened: true },
    ];
    const rows = [{ name: 'n'.repeat(30), state: '', used: '', most: '', note: 'o'.repeat(30) }];
    const widths = (width: number) =>
      tableLines(columns, rows, { width, colours: false })[1]
        ?.split('  ')
        .map(({ length }) => length);
    expect([62, 57, 52, 47].map(widths)).toEqual([
      [30, 30],
      [25, 30],
      [20, 30],
      [20, 25],
    ]);
  });

  it('is brief where that is not enough', () => {
    expect(written(60)).toEqual([
      'UNIT                       STATE    USED         NOTE',
      'a.service                  failed      -         exit-code 3',
      'a-service-of…name.service  running   1.2 / 4.0',
      'b.service                  running  10.0 / 16.0',
    ]);
  });

  it('leaves out columns after that, the dearest last', () => {
    expect(written(48)).toEqual([
      'UNIT                  STATE    USED  NOTE',
      'a.service             failed      -  exit-code 3',
      'a-service-…e.service  running   1.2',
      'b.service             running  10.0',
    ]);
    expect(written(43)).toEqual([
      'UNIT                   STATE    NOTE',
      'a.service              failed   exit-code 3',
      'a-service-…me.service  running',
      'b.service              running',
    ]);
  });

  it('cuts off what is too wide even then', () => {
    expect(written(24)).toEqual([
      'UNIT                  ST',
      'a.service             fa',
      'a-service-…e.service  ru',
      'b.service             ru',
    ]);
    expect(written(4)).toEqual(['UNIT', 'a.se', 'a-se', 'b.se']);
  });

  it('colours the text of a cell and nothing around it', () => {
    const [, line] = tableLines(COLUMNS, ROWS.slice(0, 1), { width: undefined, colours: true });
    expect(line).toBe(`a.service  ${RED}active/failed${RESET}     -  exit-code 3`);
  });

  it('has headings where there are no rows', () => {
    expect(written(80, [])).toEqual(['UNIT  STATE  USED  NOTE']);
  });

  const anyRow = fc.record({
    name: anyText(),
    state: anyText(),
    used: anyText(),
    most: anyText(),
    note: anyText(),
  });
  const anyRows = fc.array(anyRow, { maxLength: 5 });

  it('is never wider than it may be, and lets nothing through that steers a terminal', () => {
    fc.assert(
      fc.property(anyRows, fc.integer({ min: 0, max: 120 }), (rows, width) => {
        for (const line of written(width, rows)) {
          expect(line.length).toBeLessThanOrEqual(width);
          expect(line).toMatch(/^[ -~…]*$/);
        }
      }),
    );
  });

  it('shortens nothing where its width is not limited', () => {
    fc.assert(
      fc.property(anyRows, (rows) => {
        expect(written(undefined, rows).join('')).not.toContain('…');
      }),
    );
  });

  it('looks the same with colours, but for the colours', () => {
    fc.assert(
      fc.property(anyRows, fc.integer({ min: 0, max: 120 }), (rows, width) => {
        const coloured = tableLines(COLUMNS, rows, { width, colours: true });
        expect(coloured.map((line) => withoutColours(line).trimEnd())).toEqual(written(width, rows));
      }),
    );
  });
});

describe('shortenMiddle', () => {
  it.each([
    ['nginx.service', 13, 'nginx.service'],
    ['nginx.service', 12, 'nginx.…rvice'],
    ['nginx.service', 5, 'ng…ce'],
    ['nginx.service', 2, 'n…'],
    ['nginx.service', 1, '…'],
    ['nginx.service', 0, ''],
  ])('makes of %s in %d columns %s', (text, length, short) => {
    expect(shortenMiddle(text, length)).toBe(short);
  });
});
