import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import * as z from 'zod';
import { type JsonSchema, jsonSchema } from '../../src/config/json-schema.ts';
import { loadConfig } from '../../src/config/load.ts';

const EXAMPLES = new URL('../../deploy/examples/', import.meta.url);
const examples = readdirSync(EXAMPLES, { recursive: true, encoding: 'utf8' }).filter((name) =>
  name.endsWith('.yml'),
);

// Through text, as an editor gets it.
const made: unknown = JSON.parse(JSON.stringify(jsonSchema()));
const validator = z.fromJSONSchema(made as Parameters<typeof z.fromJSONSchema>[0]); // of zod's own making, above

function accepts(text: string): boolean {
  return validator.safeParse(parse(text) ?? {}).success;
}

/** The example with every line that shows a key, those in comments included. */
const STEPS = `
remediator:
  token_file: /t
  alertmanager: {url: "http://127.0.0.1:9093"}
  windows: [{name: w, cron: "@daily", lasts: 1h, tz: UTC, block: [restart]}]
  gates: {max_celsius: off}
  policies:
    - name: a
      mode: enforce
      when: [alertname = Down]
      unit: a.service
      allow: [a.service]
      steps:
        - restart
        - restart:
        - restart: {also: [b.service], even_if_active: true}
          wait: 1h30m
          only_if: memory_available_bytes > 1GiB
        - stop:
          only_if: [memory_available_bytes > 1GiB, gpu_temperature_celsius < 80]
        - run: c.service
          then: restart
        - throttle: {CPUQuota: 50%, MemoryHigh: 2GiB}
        - throttle: {MemoryHigh: 4194304, IOWeight: 1}
        - power_mode: {unit: c.service, undo: d.service}
        - notify: look
        - give_up: {hold: 1h}
      limits: ["1 per 1h"]
      verify: {for: 10s, gpu_memory_freed: true}
      blame: {boot: 0s}
      on_resolve: nothing
`;

describe('jsonSchema', () => {
  it.each(examples)('takes %s', (name) => {
    expect(accepts(readFileSync(new URL(name, EXAMPLES), 'utf8'))).toBe(true);
  });

  it.each([
    ['nothing', ''],
    ['each kind of step', STEPS],
    ['giving up in short', STEPS.replace('give_up: {hold: 1h}', 'give_up')],
  ])('takes %s, as the program does', (_, text) => {
    expect([loadConfig(text).ok, accepts(text)]).toEqual([true, true]);
  });

  it.each([
    ['an unknown section', 'remedy: {}'],
    ['an unknown key of a step', STEPS.replace('wait: 1h30m', 'waits: 1h30m')],
    ['an unknown action', STEPS.replace('- restart\n', '- reboot\n')],
    ['an action in a map that takes nothing', STEPS.replace('- stop:\n', '- stop: {only_if: x}\n')],
    ['a throttle of what there is not', STEPS.replace('CPUQuota', 'CpuQuota')],
    ['a weight above all', STEPS.replace('IOWeight: 1', 'IOWeight: 10001')],
    ['an action that no window can block', STEPS.replace('block: [restart]', 'block: [reboot]')],
    ['a policy without units', STEPS.replace('allow: [a.service]', 'allow: []')],
    [
      'a policy without a name',
      STEPS.replace('- name: a\n', '- on_resolve: nothing\n').replace('      on_resolve: nothing\n', ''),
    ],
    ['a duration without a unit', STEPS.replace('1h30m', '"90"')],
    ['a storm of one', STEPS.replace('  gates:', '  storm: {units: 1}\n  gates:')],
    ['a mode that there is not', STEPS.replace('mode: enforce', 'mode: enforced')],
  ])('refuses %s, as the program does', (_, text) => {
    expect([loadConfig(text).ok, accepts(text)]).toEqual([false, false]);
  });

  it('says what it is, and which draft it follows', () => {
    expect(made).toMatchObject({
      $schema: 'https://json-schema.org/draft/2020-12/schema',
      $id: 'urn:fettle:configuration',
      title: 'Configuration of fettle',
    });
  });

  it('explains every key of both halves, and has words of the standard alone', () => {
    const found = [...keysOf(jsonSchema(), '')];
    const keys = found.filter(({ path }) => /^\.(remediator|exporter)\b/.test(path));
    expect(keys.length).toBeGreaterThan(100);
    expect(keys.filter(({ part }) => !part.description?.endsWith('.')).map(({ path }) => path)).toEqual([]);
    expect(JSON.stringify(made)).not.toMatch(/"(shortForm|starts_with)"/);
  });
});

/** Every key that a schema knows, and what it says of it. */
function* keysOf(
  part: JsonSchema,
  path: string,
): Generator<{ readonly path: string; readonly part: JsonSchema }> {
  for (const [name, property] of Object.entries(part.properties ?? {})) {
    if (typeof property === 'boolean') continue;
    yield { path: `${path}.${name}`, part: property };
    yield* keysOf(property, `${path}.${name}`);
  }
  const inner = [part.items, ...(part.anyOf ?? [])].flat();
  for (const one of inner) if (typeof one === 'object') yield* keysOf(one, path);
}
