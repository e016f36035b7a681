import { afterAll, beforeAll, expect, it } from 'vitest';
import { processInLab } from '../bench/process-cost.ts';
import { builtFettle } from '../lab/built.ts';
import { describeLab } from '../lab/describe-lab.ts';
import type { LabProcess } from '../lab/inside.ts';
import { type Lab, startLab } from '../lab/lab.ts';
import type { LedgerEntry } from '../lab/loop.ts';
import { addNotingUnit, type NotingUnit } from '../lab/noting-unit.ts';
import { addRemediator, type LabRemediator } from '../lab/remediator.ts';
import { addUser, bringPolkitBack, setPolkitRule, takePolkitAway } from '../lab/user.ts';
import { waitFor } from '../lab/wait.ts';

const SLOW = 'ExecStartPre=/bin/sleep 1\nExecStart=/bin/sleep infinity\n';

/** Where in a repair something happens, and how that is seen. */
const MOMENTS = ['in the middle of the job', 'in the middle of verification'] as const;

type Moment = (typeof MOMENTS)[number];

const DISTURBANCES: readonly (readonly [string, (lab: Lab) => unknown])[] = [
  ['daemon-reload', (lab) => lab.run(['systemctl', 'daemon-reload'])],
  ['daemon-reexec', (lab) => lab.run(['systemctl', 'daemon-reexec'])],
  ['dbus-daemon killed', ({ pid }) => process.kill(processInLab(pid, 'dbus-daemon'), 'SIGKILL')],
];

const CASES = DISTURBANCES.flatMap(([what, disturb], row) =>
  MOMENTS.map((when, column) => ({ what, when, disturb, unit: `disturbed-${row}-${column}.service` })),
);

const KILLED = 'killed.service';

/** A service that has failed. */
async function addFailed(lab: Lab, name: string, service: string): Promise<NotingUnit> {
  const unit = await addNotingUnit(lab, name, { service });
  await lab.run(['systemctl', 'start', name]);
  await lab.run(['systemctl', 'kill', '--signal=KILL', name]);
  await waitFor('it has failed', async () => (await unit.property('ActiveState')) === 'failed' || undefined);
  return unit;
}

/** Waits until a repair that began with so many starts has come so far. */
async function reached(when: Moment, unit: NotingUnit, starts: number): Promise<void> {
  await waitFor(
    `the repair is ${when}`,
    async () => {
      if (unit.invocations().length === starts) return undefined;
      return (
        when === 'in the middle of the job' || (await unit.property('ActiveState')) === 'active' || undefined
      );
    },
    { everyMs: 10 },
  );
}

describeLab('a repair of the built fettle in whose middle something goes wrong', () => {
  let lab: Lab;
  let remediator: LabRemediator;
  let fettle: LabProcess;

  beforeAll(async () => {
    lab = await startLab();
    remediator = await addRemediator(lab, { units: [...CASES.map(({ unit }) => unit), KILLED] });
    fettle = await remediator.start();
  });
  afterAll(async () => {
    await fettle?.stop();
    await lab?.stop();
  });

  it.each(CASES)('is one restart, and proven: $what, $when', async ({ what, when, disturb, unit: name }) => {
    const unit = await addFailed(lab, name, SLOW);
    const before = unit.invocations().length;
    await remediator.notify(name);
    await reached(when, unit, before);
    const disturbedAt = Date.now();
    await disturb(lab);
    const end = await remediator.end(name);
    expect(end).toMatchObject({ event: 'ended', ending: 'repaired' });
    const seconds = (Date.parse(end.at) - disturbedAt) / 1000;
    process.stdout.write(`${what} ${when}: repaired ${seconds.toFixed(1)} s later\n`);
    expect(unit.invocations().length).toBe(before + 1);
    expect(await unit.property('ActiveState')).toBe('active');
    expect(await unit.property('InvocationID')).toBe(unit.invocations().at(-1));
  });

  it('is told as interrupted, and not done again, if fettle itself is killed', async () => {
    const unit = await addFailed(lab, KILLED, SLOW);
    const before = unit.invocations().length;
    await remediator.notify(KILLED);
    await reached('in the middle of the job', unit, before);
    process.kill(fettle.pid, 'SIGKILL');
    await fettle.exited;
    fettle = await remediator.start();
    expect(await remediator.end(KILLED)).toMatchObject({ event: 'ended', ending: 'interrupted' });
    // Alertmanager sends it once more.
    await remediator.notify(KILLED);
    expect(await remediator.end(KILLED)).toMatchObject({ event: 'refused' });
    const outcomes = (await remediator.repairs(KILLED)).map(({ outcome }) => outcome);
    expect(outcomes).toEqual(['refused', 'interrupted']);
    await waitFor('it is up', async () => (await unit.property('ActiveState')) === 'active' || undefined);
    expect(unit.invocations().length).toBe(before + 1);
  });
});

describeLab('a built fettle of a user who is not root, whose polkit is taken away', () => {
  const names = { slow: 'slow.service', denied: 'denied.service', later: 'later.service' };
  let lab: Lab;
  let remediator: LabRemediator;
  let fettle: LabProcess;
  let units: Record<keyof typeof names, NotingUnit>;

  beforeAll(async () => {
    lab = await startLab();
    units = {
      slow: await addFailed(lab, names.slow, SLOW),
      denied: await addFailed(lab, names.denied, SLOW),
      later: await addFailed(lab, names.later, SLOW),
    };
    const user = addUser(lab, 'fettle');
    remediator = await addRemediator(lab, { units: Object.values(names), user });
    const rule = [process.execPath, builtFettle(), 'polkit', remediator.configFile];
    await setPolkitRule(lab, (await lab.run(rule)).stdout);
    fettle = await remediator.start();
  });
  afterAll(async () => {
    await fettle?.stop();
    await lab?.stop();
  });

  const starts = () => Object.values(units).map((unit) => unit.invocations().length);

  const finished = (unit: string): LedgerEntry | undefined =>
    remediator.ledger().find((line) => line.event === 'finished' && line['unit'] === unit);

  it('repairs to the end what systemd had taken, refuses in words what comes then, and works again', async () => {
    expect(starts()).toEqual([1, 1, 1]);
    await remediator.notify(names.slow);
    await reached('in the middle of the job', units.slow, 1);
    await takePolkitAway(lab);
    expect(await remediator.end(names.slow)).toMatchObject({ event: 'ended', ending: 'repaired' });
    expect(starts()).toEqual([2, 1, 1]);

    await remediator.notify(names.denied);
    expect(await remediator.end(names.denied)).toMatchObject({ event: 'ended', ending: 'exhausted' });
    expect(finished(names.denied)).toMatchObject({
      result: 'failed',
      jobResult: 'refused',
      detail: expect.stringMatching(/^systemd refused to restart denied\.service: /),
    });
    expect(starts()).toEqual([2, 1, 1]);

    await bringPolkitBack(lab);
    await remediator.notify(names.later);
    expect(await remediator.end(names.later)).toMatchObject({ event: 'ended', ending: 'repaired' });
    expect(starts()).toEqual([2, 1, 2]);
    expect(finished(names.later)).toMatchObject({ result: 'succeeded', jobResult: 'done' });
    expect(await units.denied.property('ActiveState')).toBe('failed');
  });
});
