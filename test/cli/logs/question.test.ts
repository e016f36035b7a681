import { describe, expect, it } from 'vitest';
import { askedBy } from '../../../src/cli/logs/question.ts';

const COMMAND = {
  kind: 'logs',
  units: ['comfyui@a'],
  user: undefined,
  since: undefined,
  priority: undefined,
  lines: undefined,
  follow: false,
  json: false,
} as const;

const NOW = new Date(1_700_000_000_000);
const users = async () => new Map([['alice', 1000]]);
const asked = (more: Partial<Parameters<typeof askedBy>[0]>) => askedBy({ ...COMMAND, ...more }, NOW, users);

describe('askedBy', () => {
  it('asks for the newest hundred unless told otherwise', async () => {
    expect(await asked({})).toEqual({
      units: ['comfyui@a.service'],
      user: undefined,
      sinceSeconds: undefined,
      atLeast: undefined,
      lines: 100,
      follow: false,
    });
  });

  it.each([
    [{ units: ['a.timer', 'b', 'comfyui@*'] }, { units: ['a.timer', 'b.service', 'comfyui@*'] }],
    [{ user: 'alice' }, { user: 1000 }],
    [{ user: '0' }, { user: 0 }],
    [{ since: '1h' }, { sinceSeconds: 1_699_996_400, lines: undefined }],
    [
      { since: '1h', lines: '5' },
      { sinceSeconds: 1_699_996_400, lines: 5 },
    ],
    [{ priority: 'err' }, { atLeast: 3 }],
    [{ priority: 'error' }, { atLeast: 3 }],
    [{ priority: '0' }, { atLeast: 0 }],
    [{ follow: true }, { follow: true }],
  ])('understands %j', async (more, expected) => {
    expect(await asked(more)).toMatchObject(expected);
  });

  it.each([
    [{ units: ['a b'] }, "a b: expected a unit or a glob, such as 'comfyui@*'"],
    [{ units: ['a\n--file=/etc/shadow'] }, 'expected a unit or a glob'],
    [{ units: [''] }, 'expected a unit or a glob'],
    [{ units: ['_PID=1'] }, 'expected a unit or a glob'],
    [{ units: ['a'.repeat(256)] }, 'expected a unit or a glob'],
    [{ units: Array(65).fill('a') }, 'expected at most 64 units'],
    [{ since: 'soon' }, '--since: expected how long ago'],
    [{ priority: 'constructor' }, '--priority: expected one of emerg'],
    [{ priority: '8' }, '--priority: expected one of emerg'],
    [{ lines: '0' }, '--lines: expected a number of messages from 1 to 1000000'],
    [{ lines: '1e3' }, '--lines: expected a number'],
    [{ lines: '+5' }, '--lines: expected a number'],
    [{ user: 'mallory' }, '--user: there is no user mallory here'],
  ])('refuses %j', async (more, problem) => {
    await expect(asked(more)).rejects.toMatchObject({
      code: 'refused',
      message: expect.stringContaining(problem),
    });
  });
});
