import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { loadConfig } from '../../src/config/load.ts';
import type { PolicySet } from '../../src/domain/policy.ts';
import type { Machine } from './cookbook/machine.ts';
import { play, type Story } from './cookbook/story.ts';
import { markdownBlocks } from './markdown-blocks.ts';

const PAGE = readFileSync(new URL('../../docs/MIGRATING.md', import.meta.url), 'utf8');

const UNIT = 'comfyui@a.service';

/** The policies that stand beside the monit file; the page leaves them in dry run. */
function policies(mode: 'as written' | 'enforce'): PolicySet {
  const block = markdownBlocks(PAGE).find(({ text }) => text.startsWith('# fettle.yml'));
  const read = loadConfig(block?.text ?? '');
  if (!read.ok) throw new Error(read.problems.join('\n'));
  const set = read.config.remediator.policySet;
  if (mode === 'as written') return set;
  return { ...set, policies: set.policies.map((policy) => ({ ...policy, mode })) };
}

function story(alertname: string, act: (machine: Machine) => void): Story {
  return {
    policy: '',
    alert: { alertname, unit: UNIT },
    units: [UNIT],
    fires: 10,
    over: 300,
    happens: [{ at: 0, what: 'something happens', act }],
    lasts: 360,
  };
}

const failing = story('UnitFailed', ({ units }) => {
  for (const unit of units.all) units.happen(unit, 'fails');
});

const silent = story('ComfyuiSilent', (machine) => {
  machine.probeSucceeds = false;
  machine.follows = () => {
    machine.time.after(20_000, 'machine', () => {
      machine.probeSucceeds = true;
    });
  };
});

describe('the file of fettle beside that of monit', () => {
  it.each([
    ['has failed', failing],
    ['runs and does not answer', silent],
    ['uses too much memory', story('ComfyuiMemoryHigh', () => undefined)],
  ])('restarts a service that %s, and proves it', async (_what, one) => {
    const { transcript, asked } = await play(one, policies('enforce'));
    expect(asked).toBe(1);
    expect(transcript).toContain(`systemd is asked: restart ${UNIT}`);
    expect(transcript).toContain('fettle: repaired: active for 30 s');
  });

  it('does nothing as it stands on the page, but tell what it would do', async () => {
    const { transcript, asked } = await play(failing, policies('as written'));
    expect(asked).toBe(0);
    expect(transcript).toContain(`fettle: dry run: would restart ${UNIT}`);
  });

  it('leaves a service alone that runs and answers', async () => {
    const { asked, transcript } = await play(
      story('UnitFailed', () => undefined),
      policies('enforce'),
    );
    expect(asked).toBe(0);
    expect(transcript).toContain('refused by already-healthy');
  });
});
