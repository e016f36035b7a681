import { describe, expect, it } from 'vitest';
import { hostSeries, orElse, orZero, promql } from '../../dashboards/promql.ts';
import { expressionAlone, withoutAbsence } from './without-absence.ts';

const bare = (text: string) => text.replaceAll(/[()\s]/g, '');
const a = promql`${hostSeries('a', 'b="(:\\")"')}`;

describe('an expression alone', () => {
  it('is what it was before something else took its place', () => {
    expect(bare(expressionAlone(orZero(a).text))).toBe(bare(a.text));
    expect(bare(expressionAlone(promql`sum(${orElse(orZero(a), a)}) + 1`.text))).toBe(
      bare(`sum(${a.text})+1`),
    );
    expect(expressionAlone(a.text)).toBe(a.text);
  });

  it('stands at its place in the dashboard', () => {
    const panel = (expr: string) => ({ panels: [{ title: 't', targets: [{ expr, refId: 'A' }] }] });
    expect(withoutAbsence(panel(`(x)\nor on () (0 * y)`))).toEqual(panel('(x)'));
  });
});
