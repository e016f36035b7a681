import { describe, expect, it } from 'vitest';
import { refuseFixed } from '../../src/app/fixed-settings.ts';
import type { Config } from '../../src/config/config.ts';
import { loadConfig } from '../../src/config/load.ts';

/** What is in force as soon as it is read again; the half of the remediator has settings of its own. */
const APPLIED = /^(?:exporter\.includesUnit|probes|remediator)(?:\.|$)/;

/** Something in every place of the configuration where there can be something. */
const WHOLE = `
exporter:
  systemd: {include: 'a.+', exclude: 'b.+', users: [alice]}
  journal:
    patterns:
      - {name: loads, pattern: cannot load, units: ['a@*'], priority: err}
  launchd: {enabled: true, domains: [system], include: 'com[.]a.*', exclude: 'com[.]b.*'}
  machine: {filesystems: {exclude: /a}, network: {exclude: eth.}}
remediator: {token_file: /etc/token, ledger: /var/ledger}
probes:
  - {name: web, tcp: {host: 127.0.0.1, port: 80}}
daemons:
  - {name: runner, pid_file: /run/a.pid, start: [/bin/a], stop: [/bin/b], user: alice}
`;

function loaded(text = WHOLE): Config {
  const result = loadConfig(text);
  if (!result.ok) throw new Error(JSON.stringify(result.problems));
  return result.config;
}

/** Places of all values that are no object: switches, numbers, texts, functions, and what is not there. */
function leaves(value: unknown, path: readonly string[] = []): readonly (readonly string[])[] {
  if (typeof value !== 'object' || value === null) return [path];
  return Object.entries(value).flatMap(([key, one]) => leaves(one, [...path, key]));
}

/** A configuration with something else at that place. */
function changedAt(config: Config, path: readonly string[]): Config {
  const changed = copied(config);
  const parent = path.slice(0, -1).reduce<object>((at, key) => Reflect.get(at, key), changed);
  const key = path.at(-1) ?? '';
  Reflect.set(parent, key, another(Reflect.get(parent, key)));
  return changed;
}

function copied<T>(value: T): T {
  if (typeof value !== 'object' || value === null) return value;
  const copy: T = Array.isArray(value) ? Object.assign([], value) : { ...value };
  for (const [key, one] of Object.entries(value)) Reflect.set(Object(copy), key, copied(one));
  return copy;
}

function another(value: unknown): unknown {
  switch (typeof value) {
    case 'function':
      return Object.assign(() => true, { written: 'another' });
    case 'boolean':
      return !value;
    case 'number':
      return value + 1;
    default:
      return `${value}, another`;
  }
}

/** What is refused, in words; undefined if nothing is. */
function refusal(now: Config, next: Config): string | undefined {
  try {
    refuseFixed(now, next);
    return undefined;
  } catch (thrown) {
    return String(thrown);
  }
}

describe('refuseFixed', () => {
  it('has nothing against the same configuration, read again', () => {
    expect(refusal(loaded(), loaded())).toBeUndefined();
    expect(refusal(loaded(''), loaded(''))).toBeUndefined();
  });

  it('refuses a change of every setting that is not applied, wherever it is', () => {
    const overlooked = [WHOLE, ''].flatMap((text) =>
      leaves(loaded(text))
        .filter((path) => refusal(loaded(text), changedAt(loaded(text), path)) === undefined)
        .map((path) => path.join('.'))
        .filter((place) => !APPLIED.test(place)),
    );
    expect(overlooked).toEqual([]);
  });

  it('lets pass what is applied', () => {
    const refused = leaves(loaded())
      .filter((path) => APPLIED.test(path.join('.')))
      .filter((path) => refusal(loaded(), changedAt(loaded(), path)) !== undefined);
    expect(refused).toEqual([]);
  });

  it('knows a function only by its patterns', () => {
    const bare = () => changedAt(loaded(), ['exporter', 'launchd', 'includesLabel']);
    const mute = bare();
    Reflect.set(mute.exporter.launchd, 'includesLabel', () => true);
    expect(refusal(mute, mute)).toBeUndefined();
    expect(refusal(mute, bare())).toContain('exporter.launchd cannot change');
  });

  it.each([
    ["launchd: {include: 'com[.]c.*'}", 'exporter.launchd'],
    ["launchd: {exclude: 'com[.]c.*'}", 'exporter.launchd'],
    ['machine: {filesystems: {exclude: /b}}', 'exporter.machine.filesystems.exclude'],
    ['machine: {network: {exclude: wlan.}}', 'exporter.machine.network.exclude'],
    ['journal: {patterns: [{name: a, pattern: b}]}', 'exporter.journal'],
  ])('names the setting: %s', (text, setting) => {
    const refused = refusal(loaded(''), loaded(`exporter: {${text}}\n`));
    expect(refused).toContain(`${setting} cannot change while fettle runs; restart it`);
  });
});
