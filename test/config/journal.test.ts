import { describe, expect, it } from 'vitest';
import { formatProblem } from '../../src/config/explain.ts';
import { loadConfig } from '../../src/config/load.ts';

/** The journal's part of a configuration whose keys begin in column 5 of line 3. */
function load(keys: string) {
  return loadConfig(`exporter:\n  journal:\n    ${keys.trim().replaceAll('\n', '\n    ')}\n`);
}

function journalOf(keys: string) {
  const loaded = load(keys);
  if (!loaded.ok)
    throw new Error(loaded.problems.map((problem) => formatProblem('f.yml', problem)).join('\n'));
  return loaded.config.exporter.journal;
}

function problemsOf(keys: string): readonly string[] {
  const loaded = load(keys);
  return loaded.ok ? [] : loaded.problems.map((problem) => formatProblem('f.yml', problem));
}

const PATTERN = 'name: r\n    pattern: x';

describe('exporter.journal', () => {
  it.each([
    ['{}', false],
    ['enabled: true', true],
    ['enabled: false\npatterns: [{ name: r, pattern: x }]', false],
    ['patterns: [{ name: r, pattern: x }]', true],
    ['patterns: []', false],
  ])('is read with %j: %s', (keys, isRead) => {
    expect(journalOf(keys) !== undefined).toBe(isRead);
  });

  it('gives rules', () => {
    const journal = journalOf(
      `patterns:\n  - name: model_load_failures\n    pattern: '(?i)failed to load (model|checkpoint)'\n    units: ['comfyui@*', a.service]\n    priority: err`,
    );
    const [rule] = journal?.rules ?? [];
    expect(rule).toMatchObject({
      name: 'model_load_failures',
      expression: '(?i)failed to load (model|checkpoint)',
      units: ['comfyui@*', 'a.service'],
      atLeast: 3,
    });
    expect(rule?.finds('ERROR: Failed to load checkpoint x.safetensors')).toBe(true);
    expect(rule?.finds('loaded a model')).toBe(false);
  });

  it('needs no more time for a pattern that would hang others', () => {
    const [rule] = journalOf("patterns: [{ name: r, pattern: '^(a|aa)+$' }]")?.rules ?? [];
    expect(rule?.finds(`${'a'.repeat(8191)}b`)).toBe(false);
  });

  it.each([
    ['enabled: 1', '3:14: exporter.journal.enabled: expected true or false'],
    [
      `patterns:\n  - ${PATTERN}\n  - ${PATTERN}`,
      '6:15: exporter.journal.patterns[1].name: expected a name of its own; r is taken by an earlier pattern',
    ],
    [
      'patterns: [{ name: Bad-Name, pattern: x }]',
      '3:24: exporter.journal.patterns[0].name: expected a name of small letters, digits and _, such as model_load_failures',
    ],
    [
      "patterns: [{ name: r, pattern: '' }]",
      '3:36: exporter.journal.patterns[0].pattern: expected a regular expression (RE2); an empty one would be found in every message',
    ],
    [
      'patterns: [{ name: r, pattern: x, units: [comfyui] }]',
      '3:47: exporter.journal.patterns[0].units[0]: expected a unit name with its type, in which * stands for any text, such as comfyui@*',
    ],
    [
      'patterns: [{ name: r, pattern: x, priority: bad }]',
      '3:49: exporter.journal.patterns[0].priority: expected one of emerg, alert, crit, err, warning, notice, info, debug',
    ],
  ])('refuses %j', (keys, problem) => {
    expect(problemsOf(keys)).toEqual([`f.yml:${problem}`]);
  });

  it('refuses what RE2 does not have, and more patterns than can be looked for at a stretch', () => {
    expect(problemsOf("patterns: [{ name: r, pattern: '(a)\\1' }]")).toEqual([
      expect.stringContaining('not a regular expression (RE2): '),
    ]);
    const patterns = Array.from({ length: 33 }, (_, index) => `{ name: r${index}, pattern: x }`);
    expect(problemsOf(`patterns: [${patterns.join(', ')}]`)).toEqual([
      expect.stringContaining('expected at most 32 patterns'),
    ]);
  });
});
