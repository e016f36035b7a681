import { describe, expect, it, onTestFinished } from 'vitest';
import { startKernelLogLooks } from '../../src/app/kernel-log-looks.ts';
import { Failure } from '../../src/domain/errors.ts';
import type { Kmsg } from '../../src/host/kmsg.ts';
import { kmsgOf } from '../fakes/kmsg.ts';

const XID =
  '3,2,2000000,-;NVRM: Xid (PCI:0000:41:00): 79, pid=1234, name=python, GPU has fallen off the bus.\n';

function looksAt(open: () => Kmsg) {
  const looks = startKernelLogLooks(() => [], open);
  onTestFinished(() => looks.stop());
  return looks;
}

describe('looks at the log of the kernel', () => {
  it('give what it has told of GPUs since boot', async () => {
    const counts = await looksAt(kmsgOf('6,1,1000000,-;Linux version 6.1\n', XID)).look();
    expect(counts?.xids).toMatchObject([{ pciBusId: '0000:41:00.0', xid: '79', count: 1 }]);
    expect(counts?.lostGpus).toMatchObject([{ pciBusId: '0000:41:00.0' }]);
  });

  it('give nothing where it may not be read', async () => {
    const refused = () => {
      throw new Failure('refused', '/dev/kmsg: EPERM');
    };
    expect(await looksAt(refused).look()).toBeUndefined();
  });

  it('give nothing, and do not wait for ever, where there is nothing in it', async () => {
    expect(await looksAt(kmsgOf()).look()).toBeUndefined();
  });
});
