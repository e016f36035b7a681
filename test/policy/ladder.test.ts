import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { StepResult } from '../../src/domain/ledger.ts';
import type { Step } from '../../src/domain/step.ts';
import { type Next, nextOnLadder, type Standing, type StepTaken } from '../../src/policy/ladder.ts';
import { aPolicy, aRestart } from '../fakes/repairs.ts';

const common = { waitSeconds: 60, onlyIf: [] };
const stop: Step = { action: 'stop', ...common, waitSeconds: 30 };
const notify: Step = { action: 'notify', message: 'look at it', ...common };
const cleanup: Step = { action: 'run', unit: 'cleanup.service', followUp: undefined, ...common };

function took(
  step: number,
  result: StepResult,
  endedAt = 100,
  action: StepTaken['action'] = 'restart',
): StepTaken {
  return { step, action, result, detail: `it ${result}`, endedAt };
}

function next(steps: readonly Step[], standing: Partial<Standing> = {}): Next {
  return nextOnLadder(aPolicy({ steps }), { taken: [], isResolved: false, isTry: false, ...standing });
}

describe('the ladder', () => {
  it('begins with its first step at once', () => {
    expect(next([aRestart(), stop])).toEqual({ kind: 'step', index: 0, notBefore: 0 });
  });

  it('ends with the first step that is proven', () => {
    expect(next([aRestart(), stop], { taken: [took(0, 'succeeded')] })).toMatchObject({
      kind: 'end',
      ending: 'repaired',
      notBefore: 100,
    });
  });

  it('goes on after the wait of a step that failed', () => {
    expect(next([aRestart(), stop], { taken: [took(0, 'failed')] })).toEqual({
      kind: 'step',
      index: 1,
      notBefore: 160,
    });
  });

  it('goes on after a step that eases while the alert goes on, and ends when it is over', () => {
    const taken = [took(0, 'succeeded', 100, 'stop')];
    expect(next([stop, notify], { taken })).toEqual({ kind: 'step', index: 1, notBefore: 130 });
    expect(next([stop, notify], { taken, isResolved: true })).toMatchObject({
      ending: 'eased',
      notBefore: 100,
    });
  });

  it('does not take a oneshot unit alone for a repair', () => {
    expect(next([cleanup, stop], { taken: [took(0, 'succeeded', 100, 'run')] })).toMatchObject({
      kind: 'step',
      index: 1,
    });
    const thenRestart: Step = { ...cleanup, followUp: 'restart' };
    expect(next([thenRestart, stop], { taken: [took(0, 'succeeded', 100, 'run')] })).toMatchObject({
      ending: 'repaired',
    });
  });

  it('is exhausted at once by a last step that failed, and after its wait by one that did not help', () => {
    expect(next([aRestart()], { taken: [took(0, 'failed')] })).toMatchObject({
      ending: 'exhausted',
      notBefore: 100,
    });
    expect(next([stop], { taken: [took(0, 'succeeded', 100, 'stop')] })).toMatchObject({
      ending: 'exhausted',
      notBefore: 130,
    });
  });

  it('is not climbed further where an open circuit allows one try', () => {
    const standing = { taken: [took(0, 'failed')], isTry: true };
    expect(next([aRestart(), stop], standing)).toMatchObject({ kind: 'end', ending: 'exhausted' });
  });

  it('never takes a step again of which nobody knows how it ended', () => {
    expect(next([aRestart(), stop], { taken: [took(0, 'interrupted')] })).toMatchObject({
      ending: 'interrupted',
    });
  });

  it('ends where its policy has lost the step that was taken', () => {
    expect(next([aRestart()], { taken: [took(3, 'failed')] })).toMatchObject({ ending: 'exhausted' });
  });

  it('takes each step once at most and comes to an end, whatever happens', () => {
    const step = fc.constantFrom<Step>(aRestart(), stop, notify, cleanup);
    const result = fc.constantFrom<StepResult>('succeeded', 'failed', 'interrupted');
    const luck = fc.infiniteStream(fc.tuple(result, fc.boolean()));
    fc.assert(
      fc.property(
        fc.array(step, { minLength: 1, maxLength: 10 }),
        luck,
        fc.boolean(),
        (steps, chances, isTry) => {
          const taken: StepTaken[] = [];
          let isResolved = false;
          let at = 0;
          for (;;) {
            const { kind, notBefore, ...rest } = nextOnLadder(aPolicy({ steps }), {
              taken,
              isResolved,
              isTry,
            });
            expect(notBefore).toBeGreaterThanOrEqual(taken.at(-1)?.endedAt ?? 0);
            if (kind === 'end') break;
            const index = 'index' in rest ? rest.index : -1;
            expect(index).toBe(taken.length);
            expect(isTry && index > 0).toBe(false);
            const [{ value: [how, over] = ['failed', true] }] = [chances.next()];
            at = Math.max(at, notBefore) + 5;
            taken.push(took(index, how as StepResult, at, steps[index]?.action));
            isResolved ||= over === true;
          }
          expect(taken.length).toBeLessThanOrEqual(steps.length);
        },
      ),
    );
  });
});
