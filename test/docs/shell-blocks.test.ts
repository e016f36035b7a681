import { describe, expect, it } from 'vitest';
import { shellBlocks, shellBlocksOf } from './shell-blocks.ts';

const BLOCKS = shellBlocks();

describe('each block of shell commands in README.md and docs/', () => {
  it.each(BLOCKS.map((block) => [`${block.page}:${block.line}`, block] as const))(
    'is run by a test, or marked as not run with the reason: %s',
    (_place, { plan }) => {
      if (plan.kind === 'unplanned') {
        const how = 'expected <!-- run: scratch -->, <!-- run: lab --> or <!-- not run: REASON --> before it';
        expect.fail(plan.note === undefined ? how : `${how}; got ${plan.note}`);
      }
      if (plan.kind === 'not run') expect(plan.reason).toMatch(/^\S+(?: \S+){2,}$/);
    },
  );

  it('is run, if it is not for one of a few reasons', () => {
    expect(BLOCKS.filter(({ plan }) => plan.kind === 'run').length).toBeGreaterThan(5);
  });
});

describe('shellBlocksOf', () => {
  const block = (note: string, language = 'sh') => `# A\n\n${note}\n\`\`\`${language}\ntrue\n\`\`\`\n`;
  const planOf = (note: string) => shellBlocksOf('a.md', block(note))[0]?.plan;

  it('reads what the comment before a block says', () => {
    expect(planOf('<!-- run: scratch -->')).toEqual({ kind: 'run', place: 'scratch' });
    expect(planOf('<!-- run: lab -->\n')).toEqual({ kind: 'run', place: 'lab' });
    expect(planOf('<!-- not run: it takes\n an hour -->')).toEqual({
      kind: 'not run',
      reason: 'it takes an hour',
    });
  });

  it('takes nothing else for a plan', () => {
    expect(planOf('')).toEqual({ kind: 'unplanned', note: undefined });
    expect(planOf('<!-- run: here -->')).toEqual({ kind: 'unplanned', note: 'run: here' });
    expect(planOf('<!-- run: lab -->\n\nAnd now:')).toEqual({ kind: 'unplanned', note: undefined });
  });

  it('overlooks no block because of the name of its shell', () => {
    expect(() => shellBlocksOf('a.md', block('', 'bash'))).toThrow('a.md:4: expected');
    expect(shellBlocksOf('a.md', block('', 'yaml'))).toEqual([]);
  });

  it('gives the text and the line of a block, without what surrounds it', () => {
    const text = '- one:\n\n  <!-- run: scratch -->\n  ```sh\n  a\n    b\n  ```\n';
    expect(shellBlocksOf('a.md', text)).toMatchObject([{ line: 4, text: 'a\n  b' }]);
  });
});
