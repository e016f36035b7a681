import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import * as z from 'zod';
import { loadConfig } from '../../src/config/load.ts';
import { onlyValue } from '../../src/config/matcher.ts';
import type { PolicySet } from '../../src/domain/policy.ts';
import {
  configurationsIn,
  playOn,
  policiesFileText,
  policiesFor,
  ruleFilesIn,
  withTranscripts,
} from './cookbook/page.ts';
import { STORIES } from './cookbook/stories.ts';
import { play } from './cookbook/story.ts';

const PAGE = policiesFileText();

const RULE_FILE = z.object({
  groups: z.array(
    z.object({
      rules: z.array(z.object({ alert: z.string(), labels: z.record(z.string(), z.string()) })),
    }),
  ),
});

const OWN_RULES = ruleFilesIn(PAGE).flatMap(({ text }) =>
  RULE_FILE.parse(parse(text)).groups.flatMap(({ rules }) => rules),
);

const POLICIES = configurationsIn(PAGE).flatMap(({ text }) => {
  const read = loadConfig(text);
  return read.ok ? read.config.remediator.policySet.policies : [];
});

describe('docs/POLICIES.md', () => {
  it('has ten policies that people need, numbered', () => {
    const headings = [...PAGE.matchAll(/^## (\d+)\. /gm)].map(([, number]) => Number(number));
    expect(headings).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
    expect(configurationsIn(PAGE)).toHaveLength(10);
  });

  it.each(configurationsIn(PAGE).map((block) => [block.heading, block] as const))(
    'has a configuration that is in order: %s',
    (_heading, { text }) => {
      const read = loadConfig(text);
      expect(read.ok ? [] : read.problems.map(String)).toEqual([]);
    },
  );

  it('tells a story of each policy', () => {
    expect(STORIES.map(({ policy }) => policy)).toEqual(POLICIES.map(({ name }) => name));
  });

  it('has the transcripts that its policies lead to, word for word', async () => {
    expect(PAGE).toBe(await withTranscripts(PAGE));
  });

  it('is for alerts that there are, in our rules or beside the policy', () => {
    const known = new Set([...ourAlerts(), ...OWN_RULES.map(({ alert }) => alert)]);
    const asked = POLICIES.flatMap(({ when }) =>
      when.filter(({ label }) => label === 'alertname').map((matcher) => onlyValue(matcher) ?? ''),
    );
    expect(asked).toHaveLength(POLICIES.length);
    expect(asked.filter((name) => !known.has(name))).toEqual([]);
  });

  it('gives rules of its own what brings their alerts to the policy', () => {
    expect(OWN_RULES.length).toBeGreaterThan(0);
    for (const { alert, labels } of OWN_RULES) {
      const policy = POLICIES.find(({ when }) => when.some((one) => onlyValue(one) === alert));
      expect(labels['manager']).toBe('systemd');
      expect(policy?.allow).toContain(labels['unit']);
    }
  });
});

describe.each(STORIES.map((story) => [story.policy, story] as const))('the policy %s', (_name, story) => {
  it('asks nothing of the service manager in dry run, and tells what it would do or why not', async () => {
    const { transcript, asked } = await play(story, inDryRun(policiesFor(story, PAGE)));
    expect(asked).toBe(0);
    expect(transcript).toMatch(/ {2}fettle: (?:dry run: would |refused by )/);
    expect(transcript).not.toMatch(/ {2}fettle: (?:repaired|eased|exhausted)/);
  });

  it('leads to nothing upon another alert', async () => {
    const { transcript, asked } = await playOn(PAGE, {
      ...story,
      alert: { ...story.alert, alertname: 'SomethingElse' },
    });
    expect(asked).toBe(0);
    expect(transcript).not.toContain('  fettle: ');
  });

  it('leads to nothing for a unit that it does not allow', async () => {
    const units = [...story.units, 'innocent.service'];
    const alert = { ...story.alert, unit: 'innocent.service' };
    const { asked, transcript } = await playOn(PAGE, { ...story, units, alert });
    expect(asked).toBe(0);
    expect(transcript).not.toMatch(/ {2}fettle: \w+ of innocent/);
  });
});

describe('the policy ollama-silent', () => {
  it('leaves a service alone that answers again by then', async () => {
    const story = STORIES.find(({ policy }) => policy === 'ollama-silent');
    if (story === undefined) throw new Error('there is no such story');
    const { asked, transcript } = await playOn(PAGE, { ...story, happens: [] });
    expect(asked).toBe(0);
    expect(transcript).toContain('and its probe succeeds');
  });
});

/** Names of the alerts of our own rules; of rule files, only what matters here is read. */
function ourAlerts(): readonly string[] {
  const folder = new URL('../../alerts/', import.meta.url);
  const files = readdirSync(folder).filter((name) => name.endsWith('.rules.yml'));
  return files.flatMap((name) =>
    [...readFileSync(new URL(name, folder), 'utf8').matchAll(/^\s*- alert: (\w+)$/gm)].map(
      ([, alert = '']) => alert,
    ),
  );
}

function inDryRun(set: PolicySet): PolicySet {
  return { ...set, policies: set.policies.map((policy) => ({ ...policy, mode: 'dry-run' })) };
}
