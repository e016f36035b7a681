import { describe, expect, it } from 'vitest';
import { replaceSection } from './section.ts';

describe('replaceSection', () => {
  const text = 'before\n<!-- bench:begin -->\nold\n<!-- bench:end -->\nafter\n';

  it('replaces what stands between the markers and nothing else', () => {
    const replaced = replaceSection(text, '\nnew\n');
    expect(replaced).toBe('before\n<!-- bench:begin -->\n\nnew\n\n<!-- bench:end -->\nafter\n');
    expect(replaceSection(replaced, 'new')).toBe(replaced);
  });

  it('refuses a text without both markers', () => {
    expect(() => replaceSection('<!-- bench:end --> <!-- bench:begin -->', 'new')).toThrow('bench:begin');
  });
});
