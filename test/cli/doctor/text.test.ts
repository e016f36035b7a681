import { describe, expect, it } from 'vitest';
import { examinationLines } from '../../../src/cli/doctor/text.ts';
import { RED, RESET, YELLOW } from '../table/colours.ts';
import { EXAMINATION } from './examination.ts';

describe('examinationLines', () => {
  it('aligns what is known, and says what to do below what is not well', () => {
    expect(examinationLines(EXAMINATION, false).join('\n')).toBe(`\
system     Debian GNU/Linux 12, kernel 6.1.0-37, x64
runs in    kvm
init       systemd 252.39
cgroups    v2
processor  AMD EPYC, 1 socket, 16 cores, 32 threads
memory     64.0 GiB, 32.0 GiB available
swap       none
mounted    /, ext4, 256.0 GiB, 128.0 GiB available
mounted    /mnt/mod\\u001b[31mels, nfs4, does not answer, read-only
gpu        RTX 4090, driver nvidia 595.10, 0000:01:00.0, lost

ok    node    Node.js v20.19.0
warn  clock   it is not synchronised
              Run chrony\\u009b2J
fail  ledger  /l\\u000a:1: bad
              Look at that line

1 ok, 1 warning, 1 failure`);
  });

  it('has colours where they are wanted', () => {
    const lines = examinationLines(EXAMINATION, true);
    expect(lines).toContain(`${YELLOW}warn${RESET}  clock   it is not synchronised`);
    expect(lines).toContain(`${RED}fail${RESET}  ledger  /l\\u000a:1: bad`);
    expect(lines).toContain('ok    node    Node.js v20.19.0');
  });

  it('says that there is no GPU', () => {
    const machine = { ...EXAMINATION.machine, gpus: [] };
    expect(examinationLines({ ...EXAMINATION, machine }, false)).toContain('gpus       none');
  });
});
