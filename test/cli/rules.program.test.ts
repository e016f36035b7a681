import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'vitest';
import { parse } from 'yaml';
import { GROUPS } from '../../src/rules/groups.ts';
import { tempFolder } from '../fakes/temp-folder.ts';
import { type Ended, startFettle } from './run-fettle.ts';

const SHIPPED = new URL('../../alerts/systemd.rules.yml', import.meta.url);

function rules(words: readonly string[], onTestFinished: TestContext['onTestFinished']): Promise<Ended> {
  return startFettle(['rules', ...words], onTestFinished).ended;
}

function configFile(text: string, onTestFinished: TestContext['onTestFinished']): string {
  return join(tempFolder({ 'fettle.yml': text }, onTestFinished), 'fettle.yml');
}

const NAMES = GROUPS.map(({ name }) => ({ name }));

describe('fettle rules', () => {
  it('prints the rules that are shipped', async ({ expect, onTestFinished }) => {
    const all = await rules([], onTestFinished);
    expect(all).toMatchObject({ code: 0, stderr: '' });
    expect(parse(all.stdout)).toMatchObject({ groups: NAMES });
    const one = await rules(['--group', 'systemd'], onTestFinished);
    expect(parse(one.stdout)).toEqual(parse(readFileSync(SHIPPED, 'utf8')));
  });

  it('prints thresholds of a configuration in front of them, or alone', async ({
    expect,
    onTestFinished,
  }) => {
    const file = configFile('thresholds: { unit_down_seconds: 600 }', onTestFinished);
    const all = await rules(['--config', file], onTestFinished);
    expect(parse(all.stdout)).toMatchObject({ groups: [{ name: 'thresholds' }, ...NAMES] });
    const alone = await rules(['--config', file, '--group', 'thresholds'], onTestFinished);
    expect(parse(alone.stdout)).toEqual({
      groups: [
        {
          name: 'thresholds',
          rules: [
            {
              record: 'fettle:threshold',
              expr: expect.stringMatching(/^group by .*\* 600$/),
              labels: { threshold: 'unit_down_seconds' },
            },
          ],
        },
      ],
    });
  });

  it('says what is wrong with a configuration or a group', async ({ expect, onTestFinished }) => {
    const file = configFile('thresholds: { tasks_ratio: 90 }', onTestFinished);
    const bad = await rules(['--config', file], onTestFinished);
    expect(bad).toMatchObject({ code: 2, stdout: '' });
    expect(bad.stderr).toContain(`${file}:1:28: thresholds.tasks_ratio`);
    const unknown = await rules(['--group', 'gpus'], onTestFinished);
    expect(unknown).toMatchObject({ code: 2, stdout: '' });
    expect(unknown.stderr).toContain('--group: expected one of thresholds, systemd');
  });
});
