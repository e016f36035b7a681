import { randomUUID } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { expect, it, onTestFinished } from 'vitest';
import { Failure } from '../../../src/domain/errors.ts';
import type { KernelNotice } from '../../../src/domain/kernel-log.ts';
import { systemClock } from '../../../src/host/clock.ts';
import { openKmsg } from '../../../src/host/kmsg.ts';
import { startKmsgReader } from '../../../src/sources/kernel-log/kmsg-reader.ts';
import { type KernelLogOptions, startKernelLog } from '../../../src/sources/kernel-log/source.ts';
import { recordedLog } from '../../fakes/recorded-log.ts';
import { describeLab } from '../../lab/describe-lab.ts';
import { type Lab, startLab } from '../../lab/lab.ts';
import { waitFor } from '../../lab/wait.ts';

/** Why the log of this kernel cannot be read here, or cannot tell of units' memory; undefined if it can. */
function unreadable(): string | undefined {
  try {
    openKmsg().close();
  } catch (thrown) {
    return String(thrown);
  }
  const controllers = readFileSync('/proc/cgroups', 'latin1');
  return /^memory\s.*\s1$/m.test(controllers) ? undefined : 'the kernel has no memory controller';
}

function started(more: Partial<KernelLogOptions> = {}) {
  const notices: KernelNotice[] = [];
  const kernelLog = startKernelLog({
    openKmsg,
    journalctl: ['/nowhere/journalctl'],
    gpus: () => [],
    unitOfPid: () => undefined,
    clock: systemClock,
    log: recordedLog().log,
    ...more,
  });
  kernelLog.onEvent((notice) => void notices.push(notice));
  onTestFinished(() => kernelLog.stop());
  return { kernelLog, notices, counted: () => waitFor('the end of the log', () => kernelLog.read().counts) };
}

/** The kernel's log outlives the lab: another run may have said the same. */
const newUnit = () => `starved-${randomUUID()}.service`;

/** Lets a service run out of the memory that it may have; the kernel kills it. */
async function starve(lab: Lab, unit: string): Promise<void> {
  const limits = ['-p', 'MemoryMax=16M', '-p', 'MemorySwapMax=0'];
  const argv = ['systemd-run', '--wait', '--quiet', `--unit=${unit}`, ...limits, 'tail', '/dev/zero'];
  await lab.run(argv, { check: false });
}

const killIn = (notices: readonly KernelNotice[], unit: string) =>
  waitFor(`a kill in ${unit}`, () => notices.find((notice) => notice.unit?.unit === unit));

describeLab('the real kernel log', () => {
  const reason = unreadable();
  if (reason !== undefined) {
    if (process.env['CI'] === 'true') throw new Error(`nothing is skipped with CI=true, but ${reason}`);
    it.skip(`reads it (${reason})`, () => undefined);
    return;
  }

  it('is read whole, from its first record to its last', async () => {
    const { log, lines: logged } = recordedLog();
    const texts: string[] = [];
    const onRecord = ({ text }: { readonly text: string }) => void texts.push(text);
    const reader = startKmsgReader({ kmsg: openKmsg(), reopen: openKmsg, onRecord, clock: systemClock, log });
    onTestFinished(() => reader.stop());
    await waitFor('the end of the log', () => reader.state().hasRead || undefined);
    expect(texts.length).toBeGreaterThan(100);
    // The oldest may have been overwritten meanwhile.
    const lab = await startLab();
    onTestFinished(() => lab.stop());
    const { stdout } = await lab.run(['dmesg', '--raw']);
    const lines = stdout.split('\n').map((line) => line.replace(/^<\d+>(\[[^\]]*\] )?/, '').trimEnd());
    // The oldest may have been overwritten meanwhile.
    const newest = texts.slice(-100).flatMap((text) => text.split('\n'));
    expect(lines.join('\n')).toContain(newest.map((line) => line.trimEnd()).join('\n'));
    expect(reader.state()).toMatchObject({ up: true, gaps: 0 });
    expect(logged).toEqual([]);
  });

  it('tells of a service that the kernel has killed a process of', async () => {
    const lab = await startLab();
    onTestFinished(() => lab.stop());
    const { kernelLog, notices, counted } = started();
    const before = (await counted()).oomKills;
    const starved = newUnit();
    await starve(lab, starved);
    const notice = await killIn(notices, starved);
    expect(notice).toMatchObject({
      event: { kind: 'oom-kill', processName: 'tail' },
      replayed: false,
      collapsed: 0,
    });
    expect(Math.abs(notice.seconds - Date.now() / 1000)).toBeLessThan(60);
    expect(kernelLog.read().counts?.oomKills).toBeGreaterThan(before);
    // Another reader, which starts now, finds the same in the past.
    const later = started();
    await later.counted();
    const found = await killIn(later.notices, starved);
    expect(found.replayed).toBe(true);
    expect(Math.abs(found.seconds - notice.seconds)).toBeLessThan(60);
  });

  it('believes no program that writes to it', async () => {
    const { notices, counted, kernelLog } = started();
    const { xids } = await counted();
    // The kernel marks it as a program's, whatever it says of itself.
    writeFileSync(
      '/dev/kmsg',
      '<4>NVRM: Xid (PCI:0000:01:00): 79, this line was written by a test of fettle',
    );
    const lab = await startLab();
    onTestFinished(() => lab.stop());
    const after = newUnit();
    await starve(lab, after);
    await killIn(notices, after);
    expect(kernelLog.read().counts?.xids).toEqual(xids);
  });

  it('is read from the journal where it cannot be read itself, and goes on after the end of journalctl', async () => {
    const lab = await startLab();
    onTestFinished(() => lab.stop());
    await giveKernelLogTo(lab);
    const pauses: number[] = [];
    const { kernelLog, notices, counted } = started({
      openKmsg: () => {
        throw new Failure('refused', 'not in this test');
      },
      journalctl: ['nsenter', '-t', String(lab.pid), '-a', '--', 'journalctl'],
      clock: {
        ...systemClock,
        sleep: (ms, signal) => {
          pauses.push(ms);
          return systemClock.sleep(10, signal);
        },
      },
    });
    await counted();
    expect(kernelLog.read()).toMatchObject({ source: 'journalctl', up: true });
    const first = newUnit();
    await starve(lab, first);
    expect(await killIn(notices, first)).toMatchObject({
      event: { kind: 'oom-kill', processName: 'tail' },
      replayed: false,
    });
    const before = kernelLog.read().counts?.oomKills;
    await lab.run(['pkill', '-x', 'journalctl']);
    await waitFor('its end to be noticed', () => pauses[0]);
    const second = newUnit();
    await starve(lab, second);
    await killIn(notices, second);
    // What had been read before was not read again.
    expect(notices.filter(({ unit }) => unit?.unit === first)).toHaveLength(1);
    expect(kernelLog.read().counts?.oomKills).toBe((before ?? 0) + 1);
  });
});

/** The lab's journal takes the log of the real kernel, which a lab does not see otherwise. */
async function giveKernelLogTo(lab: Lab): Promise<void> {
  await lab.run(['umount', '-l', '/dev/kmsg']);
  await lab.run(['rm', '/dev/kmsg']);
  await lab.run(['mknod', '-m', '600', '/dev/kmsg', 'c', '1', '11']);
  const config = `${lab.root}/etc/systemd/journald.conf.d/zz-kmsg.conf`;
  writeFileSync(config, '[Journal]\nReadKMsg=yes\n');
  await lab.run(['systemctl', 'restart', 'systemd-journald.service']);
}
