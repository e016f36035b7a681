import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { describeConfig, readConfig } from '../../src/cli/check.ts';
import { loadConfig } from '../../src/config/load.ts';
import { tempFolder } from '../fakes/temp-folder.ts';
import { startFettle } from './run-fettle.ts';

function described(text: string): string {
  const loaded = loadConfig(text);
  if (!loaded.ok) throw new Error(JSON.stringify(loaded.problems));
  return describeConfig(loaded.config);
}

describe('describeConfig', () => {
  it('tells the defaults', () => {
    expect(described('')).toBe(`exporter on 127.0.0.1:10558
remediator on 127.0.0.1:10559, open to everybody on this machine
no policies: no alert leads to anything
`);
  });

  it('tells what each policy may do, when, to what and how often', () => {
    const text = `
remediator:
  token_file: /etc/fettle/webhook-token
  policies:
    - name: comfyui-failed
      mode: enforce
      when: ['alertname = "UnitFailed"', 'unit =~ "comfyui@.+"']
      allow: [comfyui@a.service, comfyui@b.service]
    - name: nginx-down
      when: [alertname = Down]
      unit: nginx.service
      allow: [nginx.service]
      cooldown: {base: 10m, factor: 1}
      verify: {for: 5s, timeout: 1m}
`;
    expect(described(text)).toBe(`exporter on 127.0.0.1:10558
remediator on 127.0.0.1:10559, with the tokens of /etc/fettle/webhook-token
policy comfyui-failed (enforced)
  when    alertname = "UnitFailed", unit =~ "comfyui@.+"
  does    restart the unit in label "unit"
  only    comfyui@a.service, comfyui@b.service
  proven  once active for 30 s, within 180 s
  rests   120 s after a repair, 2 times as long after each further repair, at most 3600 s; counts anew after 21600 s without one
policy nginx-down (dry run: nothing is done)
  when    alertname = Down
  does    restart nginx.service
  only    nginx.service
  proven  once active for 5 s, within 60 s
  rests   600 s after a repair; counts anew after 21600 s without one
`);
  });

  it('writes an address of IPv6 so that it can be used', () => {
    const text = 'exporter: {listen: ":10558"}\nremediator: {listen: "[::1]:10559"}\n';
    expect(described(text)).toContain('exporter on [::]:10558\nremediator on [::1]:10559, ');
  });
});

describe('fettle check', { timeout: 30_000 }, () => {
  it.each([
    ['what is wrong', 'exporter: {"\u202eabc": 1}\n', 2],
    ['a syntax that is wrong', 'exporter: {a: "\u009b2J\u202e}\n', 2],
    [
      'what is in order',
      'remediator: {policies: [{name: p, when: [\'a = "\u009b2J\u202e"\'], allow: [a.service]}], token_file: "/\u202e"}\n',
      0,
    ],
  ])('writes nothing that steers a terminal: %s', async (_what, text, expected) => {
    const file = join(tempFolder({ 'fett\u202ele.yml': text }), 'fett\u202ele.yml');
    const { code, stdout, stderr } = await startFettle(['check', file], onTestFinished).ended;
    expect(code).toBe(expected);
    expect(stdout + stderr).toMatch(/^[ -~\n]+$/);
    expect(stdout + stderr).toContain('fett\\u202ele.yml');
  });
});

describe('readConfig', () => {
  it('gives the configuration of a file', async () => {
    const file = join(tempFolder({ 'fettle.yml': 'exporter: {sysfs: /host/sys}\n' }), 'fettle.yml');
    expect(await readConfig(file)).toMatchObject({ ok: true, config: { exporter: { sysfs: '/host/sys' } } });
  });

  it('gives a line for each problem, with the name of the file as it was given', async () => {
    const file = join(tempFolder({ 'fettle.yml': 'a: 1\nexporter: {sysfs: sys}\n' }), 'fettle.yml');
    expect(await readConfig(file)).toEqual({
      ok: false,
      problems: [
        `${file}:1:1: a: unknown key; remove it or mend its spelling`,
        `${file}:2:19: exporter.sysfs: expected an absolute path, one that starts with /`,
      ],
    });
  });

  it('throws a Failure where there is no such file, or no file', async () => {
    const folder = tempFolder();
    await expect(readConfig(join(folder, 'none.yml'))).rejects.toMatchObject({
      code: 'not-found',
      message: `${folder}/none.yml: there is no such file`,
    });
    await expect(readConfig(folder)).rejects.toMatchObject({ code: 'unreadable' });
  });
});
