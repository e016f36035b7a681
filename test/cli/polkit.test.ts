import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { tempFolder } from '../fakes/temp-folder.ts';
import { startFettle } from './run-fettle.ts';

const CONFIG = `remediator:
  token_file: /etc/fettle/webhook-token
  policies: [{name: p, mode: enforce, when: [a = b], allow: [a.service]}]
`;

async function polkit(name: string, text: string, ...options: readonly string[]) {
  const file = join(tempFolder({ [name]: text }), name);
  return { file, ...(await startFettle(['polkit', ...options, file], onTestFinished).ended) };
}

describe('fettle polkit', { timeout: 30_000 }, () => {
  it('prints the rule of a configuration and nothing else', async () => {
    const { code, stdout, stderr, file } = await polkit('fettle.yml', CONFIG, '--user', 'repair-bot');
    expect([code, stderr]).toEqual([0, '']);
    expect(stdout).toContain(`// Made for the user "repair-bot" from "${file}" by: fettle polkit\n`);
    expect(stdout).toContain('    "a.service": ["restart", "reset-failed"] // p\n');
    expect(stdout).toMatch(/\}\);\n$/);
  });

  it('lets no name of a file out of its comment', async () => {
    const { code, stdout } = await polkit('a\nb\u2028";.yml', CONFIG);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^[ -~\n]+$/);
    expect(stdout).toContain('a\\nb\\u2028\\";.yml');
  });

  it('prints no rule of a configuration that is not in order', async () => {
    const { code, stdout, stderr, file } = await polkit('fettle.yml', CONFIG.replace('[a.service]', '[]'));
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toBe(
      `${file}:3:61: remediator.policies[0].allow: expected at least one unit; an empty list allows none\n`,
    );
  });
});

describe('fettle schema', { timeout: 30_000 }, () => {
  it('prints JSON', async () => {
    const { code, stdout, stderr } = await startFettle(['schema'], onTestFinished).ended;
    expect([code, stderr]).toEqual([0, '']);
    expect(JSON.parse(stdout)).toMatchObject({
      title: 'Configuration of fettle',
      additionalProperties: false,
    });
  });
});
