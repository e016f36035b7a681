import { describe, expect, it } from 'vitest';
import { examine } from '../../../src/app/doctor/examine.ts';
import { ok, type Verdict } from '../../../src/domain/finding.ts';

const forever = () => new Promise<undefined>(() => undefined);

describe('examine', () => {
  it('tells findings in the order of the checks, and nothing of one that does not apply', async () => {
    const checks = [
      {
        name: 'slow',
        run: () => new Promise<Verdict>((resolve) => setTimeout(() => resolve(ok('late')), 20)),
      },
      { name: 'absent', run: () => undefined },
      { name: 'quick', run: () => ok('early') },
    ];
    expect(await examine(checks)).toEqual([
      { check: 'slow', state: 'ok', told: 'late' },
      { check: 'quick', state: 'ok', told: 'early' },
    ]);
  });

  it('takes one that hangs or throws for failed, and goes on with the others', async () => {
    const checks = [
      { name: 'hangs', limitMs: 20, run: forever },
      {
        name: 'throws',
        run: () => {
          throw new Error('broken');
        },
      },
      { name: 'works', run: () => ok('fine') },
    ];
    expect(await examine(checks)).toMatchObject([
      { check: 'hangs', state: 'fail', told: 'this check: not done within 0.02 s', mend: expect.any(String) },
      { check: 'throws', state: 'fail', told: 'broken' },
      { check: 'works', state: 'ok' },
    ]);
  });

  it('can be called off', async () => {
    const stop = new AbortController();
    const examining = examine([{ name: 'hangs', run: forever }], stop.signal);
    stop.abort(new Error('called off'));
    expect(await examining).toMatchObject([{ check: 'hangs', told: 'called off' }]);
  });
});
