import { describe, expect, it, onTestFinished } from 'vitest';
import { systemClock } from '../../../src/host/clock.ts';
import type { Kmsg, KmsgRead } from '../../../src/host/kmsg.ts';
import { startKmsgReader } from '../../../src/sources/kernel-log/kmsg-reader.ts';
import type { TimedRecord } from '../../../src/sources/kernel-log/reader.ts';
import { recordedLog } from '../../fakes/recorded-log.ts';
import { waitFor } from '../../lab/wait.ts';

const record = (seq: number, text = `text ${seq}`): KmsgRead => ({ record: `6,${seq},1000000,-;${text}\n` });

/** A log that gives these answers, then nothing more; an error is thrown. */
function kmsgOf(
  ...answers: (KmsgRead | Error)[]
): Kmsg & { closed: boolean; say(...more: KmsgRead[]): void } {
  return {
    closed: false,
    read() {
      const answer = answers.shift() ?? 'drained';
      if (answer instanceof Error) throw answer;
      return answer;
    },
    close() {
      this.closed = true;
    },
    say: (...more) => void answers.push(...more),
  };
}

/** Pauses last a turn of the event loop. */
const hastyClock = {
  ...systemClock,
  sleep: (_: number, signal?: AbortSignal) => systemClock.sleep(1, signal),
};

function following(kmsg: Kmsg, reopen: () => Kmsg = () => kmsg) {
  const records: TimedRecord[] = [];
  const { log, lines } = recordedLog();
  const onRecord = (one: TimedRecord) => void records.push(one);
  const reader = startKmsgReader({ kmsg, reopen, onRecord, clock: hastyClock, log });
  onTestFinished(() => reader.stop());
  const texts = () => records.map(({ text }) => text);
  const hasTexts = (count: number) =>
    waitFor(`${count} records`, () => (records.length >= count ? texts() : undefined), { everyMs: 1 });
  return { reader, records, lines, hasTexts };
}

describe('startKmsgReader', () => {
  it('replays what is there, then follows what comes, and dates it', async () => {
    const kmsg = kmsgOf(record(10), record(11));
    const { reader, records, hasTexts } = following(kmsg);
    expect(reader.state()).toMatchObject({ up: false, hasRead: false, lagSeconds: undefined });
    await waitFor('the end of the log', () => reader.state().hasRead || undefined, { everyMs: 1 });
    const before = Date.now() / 1000;
    kmsg.say(record(12));
    expect(await hasTexts(3)).toEqual(['text 10', 'text 11', 'text 12']);
    expect(records.map(({ replayed }) => replayed)).toEqual([true, true, false]);
    expect(records[0]?.seconds).toBeLessThan(before);
    expect(records[2]?.seconds).toBeGreaterThanOrEqual(before);
    expect(reader.state()).toMatchObject({ up: true, gaps: 0, lagSeconds: expect.any(Number) });
  });

  it('counts a gap where records were overwritten, and goes on', async () => {
    const kmsg = kmsgOf(record(10), 'overwritten', record(20), record(21), 'overwritten', record(30));
    const { reader, hasTexts } = following(kmsg);
    await hasTexts(4);
    expect(reader.state().gaps).toBe(2);
  });

  it('passes over what is no record', async () => {
    const { hasTexts } = following(kmsgOf({ record: 'nonsense' }, record(1), { record: '' }, record(2)));
    expect(await hasTexts(2)).toEqual(['text 1', 'text 2']);
  });

  it('opens the log again after an error, and takes nothing twice', async () => {
    const broken = kmsgOf(record(10), record(11), new Error('EIO'));
    const { reader, lines, hasTexts } = following(broken, () => kmsgOf(record(10), record(11), record(12)));
    expect(await hasTexts(3)).toEqual(['text 10', 'text 11', 'text 12']);
    expect(broken.closed).toBe(true);
    expect(lines).toEqual([
      { level: 'warn', fields: { err: 'EIO' }, message: 'kernel log could not be read' },
    ]);
    expect(reader.state()).toMatchObject({ up: true, gaps: 0 });
  });

  it('is not up while the log cannot be opened', async () => {
    const broken = kmsgOf(record(10), new Error('EIO'));
    const { reader, lines } = following(broken, () => {
      throw new Error('gone');
    });
    await waitFor('a second try', () => lines.find(({ fields }) => fields['err'] === 'gone'), { everyMs: 1 });
    expect(reader.state().up).toBe(false);
  });

  it('gives others their turn in a log that is long', async () => {
    let seq = 0;
    const endless: Kmsg = { read: () => record(++seq), close: () => undefined };
    const { reader } = following(endless);
    // A reader that never let go would keep this from ever being looked at.
    await waitFor('some thousand records', () => (seq > 5000 ? seq : undefined), { everyMs: 1 });
    await reader.stop();
    const last = seq;
    await systemClock.sleep(5);
    expect(seq).toBe(last);
  });

  it('closes the log when it stops', async () => {
    const kmsg = kmsgOf(record(1));
    const { reader } = following(kmsg);
    await reader.stop();
    expect(kmsg.closed).toBe(true);
    expect(reader.state().up).toBe(false);
  });
});
