import { describe, expect, it } from 'vitest';
import { formatProblem } from '../../src/config/explain.ts';
import { loadConfig } from '../../src/config/load.ts';

function thresholdsOf(text: string): unknown {
  const loaded = loadConfig(text);
  return loaded.ok ? loaded.config.thresholds : loaded.problems.map((problem) => formatProblem('f', problem));
}

describe('the section thresholds', () => {
  it('is empty unless something is set otherwise', () => {
    expect(thresholdsOf('')).toEqual([]);
    expect(thresholdsOf('thresholds: {}')).toEqual([]);
  });

  it('takes a number for all, or a list by label, of which the last may be for the rest', () => {
    const text = `
thresholds:
  unit_memory_ratio:
    - { match: ['name =~ "comfyui@.+"', 'instance != "gpu1:10558"'], is: 0.95 }
    - is: 0.8
  unit_down_seconds: 600`;
    expect(thresholdsOf(text)).toEqual([
      { name: 'unit_down_seconds', figures: [{ match: [], is: 600 }] },
      {
        name: 'unit_memory_ratio',
        figures: [
          {
            match: [
              { label: 'name', operator: '=~', value: 'comfyui@.+' },
              { label: 'instance', operator: '!=', value: 'gpu1:10558' },
            ],
            is: 0.95,
          },
          { match: [], is: 0.8 },
        ],
      },
    ]);
  });

  it.each([
    ['{ unit_memory: 1 }', 'unit_memory: unknown key'],
    ['{ unit_memory_ratio: 95 }', 'expected a ratio from 0 to 1, such as 0.9 for 90 %'],
    ['{ unit_memory_ratio: much }', 'expected a number, or a list of'],
    ['{ unit_memory_ratio: [] }', 'expected a number, or a list of'],
    ['{ unit_down_seconds: [{ match: ["name = a"] }] }', 'missing: expected a number'],
    ['{ unit_down_seconds: [{ match: ["unit = a"], is: 1 }] }', 'labels instance, user, name; got unit'],
    ['{ unit_down_seconds: [{ match: ["name"], is: 1 }] }', 'expected an Alertmanager matcher'],
    ['{ unit_down_seconds: [{ match: [], is: 1 }] }', 'expected at least one matcher'],
    ['{ unit_down_seconds: [{ is: 1 }, { match: ["name = a"], is: 2 }] }', 'would never hold'],
    ['[]', 'expected a map of thresholds'],
  ])('says what is wrong with %s', (written, words) => {
    const problems = thresholdsOf(`thresholds: ${written}`);
    expect(problems).toEqual([expect.stringContaining(words)]);
    expect(problems).toEqual([expect.stringMatching(/^f:1:\d+: thresholds/)]);
  });
});
