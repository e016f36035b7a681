import { plainText } from '../plain-text.ts';
import { type TableStyle, tableLines } from '../table/table.ts';
import { REPAIR_COLUMNS, type Repair, storyOf } from './story.ts';
import { wrapped } from './wrapped.ts';

const INDENT = '    ';

/** Repairs as a table whose rows are followed by what was done and why not. */
export function repairLines(repairs: readonly Repair[], style: TableStyle): readonly string[] {
  const { width = Number.POSITIVE_INFINITY } = style;
  const [headings = '', ...rows] = tableLines(REPAIR_COLUMNS, repairs, style);
  const story = (repair: Repair) =>
    storyOf(repair).flatMap((sentence) =>
      wrapped(plainText(sentence), width - INDENT.length).map((line) => `${INDENT}${line}`),
    );
  return [headings, ...repairs.flatMap((repair, index) => [rows[index] ?? '', ...story(repair)])];
}
