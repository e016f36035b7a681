import { describe, expect, it } from 'vitest';
import { withSection } from './section.ts';

describe("the campaign's part of a document", () => {
  it('is put at the end first, and replaced from then on', () => {
    const first = withSection('# Benchmarks\n\nfigures\n', 'one');
    expect(first).toBe(
      '# Benchmarks\n\nfigures\n\n<!-- campaign:begin -->\n\none\n\n<!-- campaign:end -->\n',
    );
    expect(withSection(`${first}more\n`, 'two')).toBe(`${first.replace('one', 'two')}more\n`);
  });

  it('is not written where only one of its markers is left', () => {
    expect(() => withSection('<!-- campaign:begin -->', 'one')).toThrow('campaign:end');
  });
});
