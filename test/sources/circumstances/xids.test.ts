import { describe, expect, it, onTestFinished } from 'vitest';
import { systemClock } from '../../../src/host/clock.ts';
import {
  blockingXids,
  gpusWithXids,
  isOverflowing,
} from '../../../src/sources/circumstances/blocking-xids.ts';
import { startXidWatch } from '../../../src/sources/circumstances/xid-watch.ts';
import { createTally } from '../../../src/sources/kernel-log/tally.ts';
import { kmsgOf } from '../../fakes/kmsg.ts';
import { recordedLog } from '../../fakes/recorded-log.ts';
import { waitFor } from '../../lab/wait.ts';
import { eventsOf, kernelSays } from '../kernel-log/captured.ts';

const GPU = '0000:01:00.0';
const OTHER = '0000:02:00.0';

const xidLine = (xid: number, gpu = GPU) =>
  `NVRM: Xid (PCI:${gpu.slice(0, -2)}): ${xid}, pid=1, name=x, something`;
const actionLine = (from: number, to: number) =>
  `NVRM: Xid (PCI:0000:01:00): 154, GPU recovery action changed from 0x${from} (None) to 0x${to} (Any)`;

/** What the log counts after these lines, one a second from second 1 on. */
function countsOf(...lines: readonly string[]) {
  const tally = createTally(() => []);
  for (const [index, line] of lines.entries()) {
    for (const event of eventsOf([kernelSays(line)])) tally.add(event, index + 1);
  }
  return tally.counts();
}

const never = () => undefined;
const found = (lines: readonly string[], healthy: (gpu: string) => number | undefined = never) =>
  blockingXids(countsOf(...lines), healthy).map(
    ({ pciAddress, code, asks }) => `${pciAddress} ${code} ${asks}`,
  );

describe('Xids that a restart cannot help', () => {
  it.each([46, 48, 62, 64, 95, 109, 110, 119, 120, 136, 140, 143, 155, 156, 158])(
    '%i asks for a reset',
    (xid) => {
      expect(found([xidLine(xid)])).toEqual([`${GPU} ${xid} reset`]);
    },
  );

  it.each([13, 31, 43, 45, 63, 74, 94, 144, 150])('%i does not by itself', (xid) => {
    expect(found([xidLine(xid)])).toEqual([]);
  });

  it('79 asks for a reboot', () => {
    expect(found([xidLine(79), xidLine(79, OTHER)])).toEqual([`${GPU} 79 reboot`, `${OTHER} 79 reboot`]);
  });

  it.each([
    [0, []],
    [1, ['reset']],
    [2, ['reboot']],
    [3, []],
    [4, ['reset']],
  ])('154 with action %i asks for %j', (action, asks) => {
    expect(found([actionLine(0, action)])).toEqual(asks.map((one) => `${GPU} 154 ${one}`));
  });

  it('are over once the log says that nothing is left to be done', () => {
    expect(found([xidLine(48), actionLine(0, 1)])).toEqual([`${GPU} 48 reset`, `${GPU} 154 reset`]);
    expect(found([xidLine(48), actionLine(0, 1), actionLine(1, 0)])).toEqual([]);
    expect(found([xidLine(48, OTHER), actionLine(1, 0)])).toEqual([`${OTHER} 48 reset`]);
    expect(found([actionLine(1, 0), xidLine(48)])).toEqual([`${GPU} 48 reset`]);
  });

  it('are over once the driver says so in a reading that began later', () => {
    const lines = [xidLine(119), xidLine(62)];
    expect(found(lines, () => 1.5)).toEqual([`${GPU} 62 reset`]);
    expect(found(lines, (gpu) => (gpu === GPU ? 2.5 : undefined))).toEqual([]);
    expect(found(lines, (gpu) => (gpu === OTHER ? 2.5 : undefined))).toHaveLength(2);
  });

  it('name their GPUs, and tell if there were too many', () => {
    expect(gpusWithXids(countsOf(xidLine(48), xidLine(62), xidLine(13, OTHER)))).toEqual([GPU]);
    const flood = Array.from({ length: 600 }, (_, index) => xidLine(300 + index));
    expect(isOverflowing(countsOf(...flood))).toBe(true);
    expect(isOverflowing(countsOf(xidLine(48)))).toBe(false);
  });
});

describe('the watch', () => {
  function watchOf(...records: readonly string[]) {
    const watch = startXidWatch({
      openKmsg: kmsgOf(...records),
      journalctl: ['/nowhere/journalctl'],
      unitOfPid: () => undefined,
      clock: systemClock,
      log: recordedLog().log,
    });
    onTestFinished(() => watch.stop());
    return watch;
  }

  const known = (watch: ReturnType<typeof watchOf>) =>
    waitFor('the end of the log', () => {
      const read = watch.read();
      return read.known ? read.counts : undefined;
    });

  it('knows the Xids of this boot, and the last lines that matter', async () => {
    const others = Array.from(
      { length: 60 },
      (_, index) => `4,${index + 2},${index * 6_000_000},-;${xidLine(13)}`,
    );
    const watch = watchOf(
      `4,1,0,-;${xidLine(48)}`,
      ...others,
      '6,100,400000000,-;usb 1-1: nothing that matters',
    );
    expect(watch.read().known).toBe(false);
    expect(await watch.settled()).toMatchObject({ known: true });
    expect(blockingXids(await known(watch), never)).toEqual([{ pciAddress: GPU, code: 48, asks: 'reset' }]);
    const lines = watch.lines().map(({ text }) => text);
    expect(lines).toHaveLength(50);
    expect(lines.at(-1)).toContain(': 13, ');
  });

  it('says that it cannot read the log, and how to mend it', async () => {
    const watch = startXidWatch({
      openKmsg: () => {
        throw new Error('not allowed');
      },
      journalctl: ['/nowhere/journalctl'],
      unitOfPid: () => undefined,
      clock: systemClock,
      log: recordedLog().log,
    });
    onTestFinished(() => watch.stop());
    expect(watch.read()).toEqual({
      known: false,
      why: expect.stringMatching(/the journal.*systemd-journal/),
    });
  });
});
