import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { UnitAction } from '../../src/domain/step.ts';
import { connectBus } from '../../src/host/bus.ts';
import { createJobWatch } from '../../src/host/systemd/job-watch.ts';
import { startUnit } from '../../src/host/systemd/systemd1.ts';
import { createSystemdManager } from '../../src/managers/systemd.ts';
import { unitRef } from '../fakes/repairs.ts';
import { addCrashingUnit } from '../lab/crashing-unit.ts';
import { describeLab } from '../lab/describe-lab.ts';
import { type Lab, startLab } from '../lab/lab.ts';
import { waitFor } from '../lab/wait.ts';

const RUNS = '[Service]\nExecStart=/bin/sleep infinity\n';
const FAILS = '[Service]\nType=oneshot\nExecStart=/bin/false\n';

/** What systemd 252 says of a job, and what has become of the unit: its word alone proves nothing. */
describeLab('the jobs of the real systemd', () => {
  let lab: Lab;
  let manager: ReturnType<typeof createSystemdManager>;

  beforeAll(async () => {
    lab = await startLab();
    manager = createSystemdManager(() => connectBus({ address: lab.busAddress }));
  });
  afterAll(async () => {
    manager?.close();
    await lab?.stop();
  });

  const limit = () => AbortSignal.timeout(20_000);
  const run = (action: UnitAction, name: string) => manager.run(action, unitRef(name), limit());
  const seen = (name: string) => manager.inspect(unitRef(name), limit());

  describe('that are accepted', () => {
    it.each<[string, string, string, string, object]>([
      ['goes well', 'ok.service', RUNS, 'done', { activeState: 'active', result: 'success' }],
      [
        'has a condition that does not hold',
        'unless.service',
        `[Unit]\nConditionPathExists=/nothing\n${RUNS}`,
        'done',
        { activeState: 'inactive', result: 'success', invocationId: '' },
      ],
      [
        'needs a unit that fails',
        'needs.service',
        `[Unit]\nRequires=broken.service\nAfter=broken.service\n${RUNS}`,
        'dependency',
        { activeState: 'inactive', invocationId: '' },
      ],
      [
        'never says that it is ready',
        'late.service',
        `${RUNS}Type=notify\nTimeoutStartSec=500ms\n`,
        'failed',
        { activeState: 'failed', result: 'timeout' },
      ],
      [
        'fails at once',
        'broken.service',
        FAILS,
        'failed',
        { activeState: 'failed', result: 'exit-code', restarts: 0 },
      ],
    ])('end, for a start that %s, as the unit tells', async (_what, name, text, jobResult, after) => {
      await lab.writeUnit('broken.service', FAILS);
      await lab.writeUnit(name, text);
      for (const action of ['start', 'restart'] as const) {
        const outcome = await run(action, name);
        expect(outcome).toMatchObject({ accepted: true, jobResult, unit: after });
        expect(outcome.detail).toBe(`systemd's ${action} job of ${name} ended with ${jobResult}`);
        expect(await seen(name)).toEqual(outcome.unit);
      }
    });

    it('are done for a service that dies a moment later', async () => {
      await lab.writeUnit('weak.service', '[Service]\nExecStart=/bin/sh -c "sleep 0.3; exit 1"\n');
      const outcome = await run('restart', 'weak.service');
      expect(outcome).toMatchObject({ accepted: true, jobResult: 'done', unit: { activeState: 'active' } });
      const after = await waitFor('it has died', async () => {
        const unit = await seen('weak.service');
        return unit?.activeState === 'active' ? undefined : unit;
      });
      expect(after).toMatchObject({ activeState: 'failed', result: 'exit-code' });
      expect(after.invocationId).toBe(outcome.unit?.invocationId);
      expect(Number(after.changedAt)).toBeGreaterThan(Number(outcome.unit?.changedAt));
    });

    it('fail at the start limit, which the unit does not tell; ours forget the failures first', async () => {
      await lab.writeUnit(
        'limited.service',
        `[Unit]\nStartLimitIntervalSec=60\nStartLimitBurst=2\n[Service]\nExecStart=/bin/sh -c 'test -e ${lab.dir}/well && exec sleep infinity; exit 1'\nType=exec\n`,
      );
      const bus = await connectBus({ address: lab.busAddress });
      const jobs = await createJobWatch(bus);
      const results: string[] = [];
      for (let starts = 0; starts < 3; starts++) {
        results.push(await jobs.resultOf(await startUnit(bus, 'limited.service'), limit()));
        await waitFor('it has failed', async () =>
          (await seen('limited.service'))?.activeState === 'failed' ? true : undefined,
        );
      }
      bus.close();
      expect(results.at(-1)).toBe('failed');
      expect(await seen('limited.service')).toMatchObject({ activeState: 'failed', result: 'exit-code' });
      await lab.run(['touch', `${lab.dir}/well`]);
      const outcome = await run('start', 'limited.service');
      expect(outcome).toMatchObject({ accepted: true, jobResult: 'done', unit: { activeState: 'active' } });
    });

    it('restart a unit that has hit its start limit, once', async () => {
      const crashing = await addCrashingUnit(lab, 'crashing@1.service');
      await crashing.start();
      await crashing.crash();
      expect(await seen(crashing.name)).toMatchObject({ activeState: 'failed', restarts: 3 });
      const before = crashing.invocations().length;
      const outcome = await run('restart', crashing.name);
      const after = { activeState: 'active', restarts: 0 };
      expect(outcome).toMatchObject({ accepted: true, jobResult: 'done', unit: after });
      await waitFor('it has started', () => (crashing.invocations().length > before ? true : undefined));
      expect(crashing.invocations().length).toBe(before + 1);
    });

    it('are canceled if they start a unit that is stopped meanwhile', async () => {
      await lab.writeUnit('slow.service', '[Service]\nType=notify\nExecStart=/bin/sleep infinity\n');
      const start = run('start', 'slow.service');
      await waitFor('it starts', async () =>
        (await seen('slow.service'))?.activeState === 'activating' ? true : undefined,
      );
      const stop = await run('stop', 'slow.service');
      expect(await start).toMatchObject({ accepted: true, jobResult: 'canceled' });
      expect(stop).toMatchObject({ accepted: true, jobResult: 'done', unit: { activeState: 'inactive' } });
    });

    it('reload a unit that runs, and tell a reload that fails', async () => {
      const reloads = `ExecReload=/bin/sh -c 'test ! -e ${lab.dir}/bad'\n`;
      await lab.writeUnit('reloads.service', `${RUNS}${reloads}`);
      const { unit } = await run('start', 'reloads.service');
      expect(unit).toMatchObject({ activeState: 'active', canReload: true });
      const outcome = await run('reload', 'reloads.service');
      expect(outcome).toEqual({
        accepted: true,
        jobResult: 'done',
        detail: "systemd's reload job of reloads.service ended with done",
        unit,
      });
      await lab.run(['touch', `${lab.dir}/bad`]);
      expect(await run('reload', 'reloads.service')).toMatchObject({
        accepted: true,
        jobResult: 'failed',
        unit: { activeState: 'active', invocationId: unit?.invocationId },
      });
    });

    it('need no job to forget a failure', async () => {
      await lab.writeUnit('broken.service', FAILS);
      await run('start', 'broken.service');
      expect(await seen('broken.service')).toMatchObject({ activeState: 'failed' });
      expect(await run('reset_failed', 'broken.service')).toMatchObject({
        accepted: true,
        jobResult: 'done',
        detail: 'systemd has forgotten that broken.service failed, if it did',
        unit: { activeState: 'inactive', result: 'success' },
      });
    });
  });

  describe('that are refused', () => {
    beforeAll(async () => {
      await lab.run(['ln', '-sf', '/dev/null', '/etc/systemd/system/masked.service']);
      await lab.writeUnit('manual.service', `[Unit]\nRefuseManualStart=yes\n${RUNS}`);
      await lab.writeUnit('kept.service', `[Unit]\nRefuseManualStop=yes\n${RUNS}`);
      await lab.writeUnit('plain.service', RUNS);
      await lab.writeUnit('invalid.service', '[Service]\nType=simple\n');
      await lab.run(['systemctl', 'start', 'kept.service', 'plain.service']);
    });

    it.each<[UnitAction, string, string, string]>([
      ['restart', 'refuses manual starts', 'manual.service', 'OnlyByDependency'],
      ['start', 'refuses manual starts', 'manual.service', 'OnlyByDependency'],
      ['stop', 'refuses manual stops', 'kept.service', 'OnlyByDependency'],
      ['restart', 'refuses manual stops', 'kept.service', 'OnlyByDependency'],
      ['restart', 'is masked', 'masked.service', 'UnitMasked'],
      ['start', 'is masked', 'masked.service', 'UnitMasked'],
      ['restart', 'does not exist', 'nothing.service', 'NoSuchUnit'],
      ['start', 'does not exist', 'nothing.service', 'NoSuchUnit'],
      ['stop', 'does not exist', 'nothing.service', 'NoSuchUnit'],
      ['reload', 'does not exist', 'nothing.service', 'NoSuchUnit'],
      ['reset_failed', 'does not exist', 'nothing.service', 'NoSuchUnit'],
      ['reload', 'cannot be reloaded', 'plain.service', 'JobTypeNotApplicable'],
      ['restart', 'has a file that systemd cannot use', 'invalid.service', 'BadUnitSetting'],
    ])('tell a %s of a unit that %s in words, and change nothing', async (action, _what, name, error) => {
      const before = await seen(name);
      expect(await run(action, name)).toEqual({
        accepted: false,
        jobResult: '',
        detail: expect.stringMatching(
          new RegExp(
            `^systemd refused to ${action} ${name}: .+ \\(org\\.freedesktop\\.systemd1\\.${error}\\)$`,
          ),
        ),
        unit: undefined,
      });
      expect(await seen(name)).toEqual(before);
    });
  });
});
