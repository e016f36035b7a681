import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { openKmsg, readRecord } from '../../src/host/kmsg.ts';
import { tempFolder } from '../fakes/temp-folder.ts';

const failing = (code: string) => () => {
  throw Object.assign(new Error(code), { code });
};

describe('openKmsg', () => {
  it('refuses what is not the log of the kernel', () => {
    const folder = tempFolder({ kmsg: '6,1,2,-;text\n' });
    expect(() => openKmsg(join(folder, 'kmsg'))).toThrow('this is not the log of the kernel');
    expect(() => openKmsg('/dev/null')).toThrow('this is not the log of the kernel');
  });

  it('says that there is none', () => {
    expect(() => openKmsg(join(tempFolder(), 'kmsg'))).toThrow(
      expect.objectContaining({ code: 'not-found' }),
    );
  });
});

describe('readRecord', () => {
  it.each([
    ['EAGAIN', 'drained'],
    ['EINTR', 'drained'],
    ['EPIPE', 'overwritten'],
  ])('takes %s for %j', (code, answer) => {
    expect(readRecord(failing(code), '/dev/kmsg')).toBe(answer);
  });

  it('throws any other error, with the name of the file', () => {
    expect(() => readRecord(failing('EIO'), '/dev/kmsg')).toThrow('reading /dev/kmsg: EIO');
  });

  it('gives the record', () => {
    expect(readRecord(() => '6,1,2,-;text\n', '/dev/kmsg')).toEqual({ record: '6,1,2,-;text\n' });
  });
});
