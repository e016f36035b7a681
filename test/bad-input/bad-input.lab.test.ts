import { rmSync, statfsSync, symlinkSync, unlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { builtFettle } from '../lab/built.ts';
import { describeLab } from '../lab/describe-lab.ts';
import { type Lab, startLab } from '../lab/lab.ts';
import type { LedgerEntry } from '../lab/loop.ts';
import { addNotingUnit, type NotingUnit } from '../lab/noting-unit.ts';
import { waitFor } from '../lab/wait.ts';
import { BAD_NAMES, FOREIGN_NAMES } from './bad-names.ts';
import { type BusSpy, spyOnBus } from './bus-spy.ts';
import { fail, type LabFettle, startLabFettle } from './lab-fettle.ts';

/** A service that does not go when it is told to; systemd kills it after half a minute. */
const STUBBORN = `ExecStart=/bin/sh -c 'trap "" TERM; while :; do sleep 1; done'
TimeoutStopSec=30
KillMode=mixed`;

const LAST: readonly string[] = ['refused', 'rehearsed', 'ended'];

const ALLOWED = ['good.service', 'web.service', 'removed.service', 'masked.service', 'replaced.service'];

describeLab('the built fettle on a real systemd', () => {
  let lab: Lab;
  let spy: BusSpy;
  let fettle: LabFettle;
  let patient: LabFettle;
  let stubborn: NotingUnit;
  const parts: { stop(): unknown }[] = [];

  beforeAll(async () => {
    lab = await startLab();
    parts.push(lab);
    spy = await spyOnBus(lab, 'spy');
    parts.push({ stop: () => spy.close() });
    const env = { DBUS_SYSTEM_BUS_ADDRESS: spy.address };
    fettle = await startLabFettle(lab, { name: 'fettle-names', allow: ALLOWED, env });
    parts.push(fettle);
    // What takes half a minute goes on while the others are tested.
    stubborn = await addNotingUnit(lab, 'stubborn.service', { service: STUBBORN });
    await lab.run(['systemctl', 'start', stubborn.name]);
    const step = { restart: { even_if_active: true } };
    patient = await startLabFettle(lab, { name: 'fettle-patient', allow: [stubborn.name], step });
    parts.push(patient);
    expect(await patient.notify(stubborn.name)).toBe(200);
  });
  afterAll(async () => {
    for (const part of parts.reverse()) await part.stop();
  });

  const linesOf = (unit: string) => fettle.ledger().filter((line) => line['unit'] === unit);

  describe('told of units by names that are none, or none of a policy', () => {
    it('writes every one of them down as refused, and does not even go to the bus', async () => {
      const names = [...BAD_NAMES, ...FOREIGN_NAMES].map(([, name]) => name);
      for (const name of names) expect(await fettle.notify(name)).toBe(200);
      expect(await fettle.notify('sshd.service', { host: 'evil', instance: 'good.service' })).toBe(200);
      for (const name of names) {
        expect(await fettle.end(name)).toMatchObject({ event: 'refused', unit: name });
      }
      expect([spy.connections, spy.asked()]).toEqual([0, '']);
    });

    it('goes there for one that it may repair, which shows that it would be seen', async () => {
      const unit = await addNotingUnit(lab, 'good.service');
      await fail(lab, unit);
      await fettle.notify(unit.name);
      expect(await fettle.end(unit.name)).toMatchObject({ event: 'ended', ending: 'repaired' });
      expect(unit.invocations()).toHaveLength(2);
      expect(spy.asked()).toContain('RestartUnit');
      expect(spy.asked()).toContain(unit.name);
    });

    it('has asked about no other one, and done nothing to any', async () => {
      const asked = spy.asked();
      const told = [...BAD_NAMES, ...FOREIGN_NAMES].filter(([, name]) => name !== '' && asked.includes(name));
      expect(told).toEqual([]);
      expect(asked.split('RestartUnit')).toHaveLength(2);
    });

    it('leaves a unit alone that is another name of the way in', async () => {
      const units = `${lab.root}/etc/systemd/system`;
      // The host may have it masked.
      rmSync(`${units}/ssh.service`, { force: true });
      const ssh = await addNotingUnit(lab, 'ssh.service');
      symlinkSync('ssh.service', `${units}/web.service`);
      await lab.run(['systemctl', 'daemon-reload']);
      await fail(lab, ssh);
      const restarts = spy.asked().split('RestartUnit').length;
      await fettle.notify('web.service');
      expect(railsOf(await fettle.end('web.service'))).toEqual(['protected-unit']);
      expect(spy.asked().split('RestartUnit')).toHaveLength(restarts);
      expect(ssh.invocations()).toHaveLength(1);
    });

    it('leaves a unit of the system alone where the alert is about one of a user', async () => {
      const unit = await addNotingUnit(lab, 'removed.service');
      await fail(lab, unit);
      await fettle.notify(unit.name, { scope: 'user', user: 'alice' });
      expect(railsOf(await fettle.end(unit.name))).toEqual(['system-manager']);
      expect(unit.invocations()).toHaveLength(1);
    });
  });

  describe('whose unit changes between its decision and its order', () => {
    /** Lets something happen while the order is on its way; gives the last line. */
    async function meanwhile(unit: NotingUnit, happens: () => unknown): Promise<LedgerEntry> {
      await fail(lab, unit);
      const order = spy.hold('RestartUnit');
      await fettle.notify(unit.name);
      await order.held;
      expect(linesOf(unit.name).at(-1)).toMatchObject({ event: 'started' });
      await happens();
      order.letGo();
      return await fettle.end(unit.name);
    }

    const file = (name: string) => `${lab.root}/etc/systemd/system/${name}`;

    it('tells that it failed if the unit is removed, and starts nothing', async () => {
      const unit = await addNotingUnit(lab, 'removed.service');
      const starts = unit.invocations().length + 1;
      const end = await meanwhile(unit, () => {
        unlinkSync(file(unit.name));
        return lab.run(['systemctl', 'daemon-reload']);
      });
      expect(end).toMatchObject({ event: 'ended', ending: 'exhausted' });
      expect(finishOf(linesOf(unit.name))).toMatchObject({ result: 'failed', jobResult: 'refused' });
      expect(unit.invocations()).toHaveLength(starts);
    });

    it('tells that it failed if the unit is masked, and starts nothing', async () => {
      const unit = await addNotingUnit(lab, 'masked.service');
      const end = await meanwhile(unit, () => {
        rmSync(file(unit.name));
        symlinkSync('/dev/null', file(unit.name));
        return lab.run(['systemctl', 'daemon-reload']);
      });
      expect(end).toMatchObject({ event: 'ended', ending: 'exhausted' });
      expect(finishOf(linesOf(unit.name))).toMatchObject({
        result: 'failed',
        jobResult: 'refused',
        detail: expect.stringContaining('masked'),
      });
      expect(unit.invocations()).toHaveLength(1);
    });

    it('tells that it failed if the unit is another one by then, which does not start', async () => {
      const unit = await addNotingUnit(lab, 'replaced.service');
      const end = await meanwhile(unit, () =>
        lab.writeUnit(unit.name, '[Service]\nExecStart=/nonexistent\n'),
      );
      expect(end).toMatchObject({ event: 'ended', ending: 'exhausted' });
      expect(finishOf(linesOf(unit.name))).toMatchObject({ result: 'failed' });
      expect(unit.invocations()).toHaveLength(1);
    });
  });

  describe('whose ledger is on a disk of its own', () => {
    const NAME = 'fettle-disk';
    const units = ['full.service', 'freed.service', 'late.service', 'later.service'];
    const filler = () => join(`${lab.root}/var/lib/${NAME}`, 'filler');
    let spied: BusSpy;
    let onDisk: LabFettle;

    function fill(): void {
      const { bavail, bsize } = statfsSync(`${lab.root}/var/lib/${NAME}`);
      writeFileSync(filler(), Buffer.alloc(bavail * bsize));
    }

    const errors = async () => {
      const found = /^fettle_ledger_errors_total (\d+)$/m.exec((await onDisk.get('/metrics')).text)?.[1];
      return Number(found);
    };

    const begin = (isReady = true) =>
      startLabFettle(lab, {
        name: NAME,
        allow: units,
        isReady,
        env: { DBUS_SYSTEM_BUS_ADDRESS: spied.address },
      });

    beforeAll(async () => {
      await lab.run(['mkdir', '-p', `/var/lib/${NAME}`]);
      await lab.run(['mount', '-t', 'tmpfs', '-o', 'size=1m', NAME, `/var/lib/${NAME}`]);
      spied = await spyOnBus(lab, 'disk');
      parts.push({ stop: () => spied.close() });
    });

    it('takes no notification and does nothing while the disk is read-only, and works once it is not', async () => {
      await lab.run(['mount', '-o', 'remount,ro', `/var/lib/${NAME}`]);
      onDisk = await begin(false);
      const unit = await addNotingUnit(lab, 'freed.service');
      await fail(lab, unit);
      expect(await onDisk.notify(unit.name)).toBe(503);
      expect(await onDisk.get('/-/ready')).toMatchObject({
        status: 503,
        text: expect.stringContaining('EROFS'),
      });
      expect((await onDisk.get('/-/healthy')).status).toBe(200);
      expect(spied.connections).toBe(0);
      await onDisk.stop();
      await lab.run(['mount', '-o', 'remount,rw', `/var/lib/${NAME}`]);
      onDisk = await begin();
      parts.push(onDisk);
      expect(await onDisk.notify(unit.name)).toBe(200);
      expect(await onDisk.end(unit.name)).toMatchObject({ ending: 'repaired' });
      expect(unit.invocations()).toHaveLength(2);
    });

    it('takes no notification and does nothing while the disk is full, and says so in a metric', async () => {
      const unit = await addNotingUnit(lab, 'full.service');
      await fail(lab, unit);
      expect(await errors()).toBe(0);
      const before = spied.asked();
      fill();
      // The last line may have left some room in its block.
      const large = { text: 'x'.repeat(10_000) };
      expect(await onDisk.notify(unit.name, large)).toBe(503);
      expect(await onDisk.notifyAgain(unit.name)).toBe(503);
      expect(await errors()).toBe(2);
      expect(spied.asked()).toBe(before);
      expect(unit.invocations()).toHaveLength(1);
      rmSync(filler());
      // Alertmanager sends it once more.
      expect(await onDisk.notifyAgain(unit.name)).toBe(200);
      expect(await onDisk.end(unit.name)).toMatchObject({ ending: 'repaired' });
      expect(unit.invocations()).toHaveLength(2);
      expect(await errors()).toBe(2);
    });

    it('does not do what it could not keep evidence of', async () => {
      const unit = await addNotingUnit(lab, 'late.service');
      await fail(lab, unit);
      const look = spied.hold('LoadUnit');
      await onDisk.notify(unit.name);
      await look.held;
      fill();
      look.letGo();
      // There may be room for a line in the last block of the ledger, or not.
      const isRefused = () => onDisk.process.readLog().includes('"evidence: ') || undefined;
      await waitFor('it is refused', isRefused);
      rmSync(filler());
      expect(railsOf(await onDisk.end(unit.name))).toEqual(['evidence']);
      expect(unit.invocations()).toHaveLength(1);
    });

    it('tells the end of what it has begun once there is room, and does it once', async () => {
      const unit = await addNotingUnit(lab, 'later.service');
      await fail(lab, unit);
      const order = spied.hold('RestartUnit');
      await onDisk.notify(unit.name);
      await order.held;
      fill();
      // What room there is in the last block of the ledger is used up.
      await waitFor('no line fits any more', async () => (await onDisk.notify('x')) === 503 || undefined);
      order.letGo();
      const isTold = () =>
        onDisk.process.readLog().includes('the end of a step cannot be written down yet') || undefined;
      await waitFor('its end cannot be written down', isTold);
      rmSync(filler());
      expect(await onDisk.end(unit.name)).toMatchObject({ event: 'ended', ending: 'repaired' });
      expect(unit.invocations()).toHaveLength(2);
      const ids = (events: readonly string[]) =>
        onDisk.ledger().flatMap((line) => (events.includes(line.event) ? [line['id']] : []));
      await waitFor(
        'every other alert has come to its end, too',
        () => ids(LAST).length === ids(['received']).length || undefined,
      );
      expect(new Set(ids(LAST)).size).toBe(ids(LAST).length);
      const verified = await lab.run([
        process.execPath,
        builtFettle(),
        'audit',
        'verify',
        `/var/lib/${NAME}/ledger.jsonl`,
      ]);
      expect(verified.stdout).toContain('is whole');
    });
  });

  it('waits for a unit that is half a minute in stopping, and restarts it once', async () => {
    const end = await patient.end(stubborn.name, 50_000);
    expect(end).toMatchObject({ event: 'ended', ending: 'repaired' });
    expect(stubborn.invocations()).toHaveLength(2);
    expect(Number(finishOf(patient.ledger())?.['seconds'])).toBeGreaterThanOrEqual(29);
    expect(patient.ledger().filter(({ event }) => event === 'started')).toHaveLength(1);
  });
});

function finishOf(lines: readonly LedgerEntry[]): LedgerEntry | undefined {
  return lines.findLast(({ event }) => event === 'finished');
}

function railsOf(line: LedgerEntry): readonly unknown[] {
  const denials = line['denials'];
  return Array.isArray(denials)
    ? denials.map((denial) => Reflect.get(Object(denial), 'rail'))
    : [line['ending']];
}
