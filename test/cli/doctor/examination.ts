import type { Examination } from '../../../src/app/doctor.ts';

/** An examination of a box with a GPU, of which not all is well. */
export const EXAMINATION: Examination = {
  machine: {
    system: { name: 'Debian GNU/Linux', version: '12', kernel: '6.1.0-37', architecture: 'x64' },
    processor: { model: 'AMD EPYC', sockets: 1, cores: 16, threads: 32 },
    hardware: '',
    virtualisation: 'kvm',
    init: 'systemd 252.39',
    cgroups: 'v2',
    memory: { totalBytes: 2 ** 36, availableBytes: 2 ** 35, swapTotalBytes: 0, swapFreeBytes: 0 },
    fileSystems: [
      {
        device: '/dev/vda1',
        mountpoint: '/',
        fstype: 'ext4',
        readOnly: false,
        sizeBytes: 2 ** 38,
        availableBytes: 2 ** 37,
      },
      {
        device: 'files:/models',
        mountpoint: '/mnt/mod\u001b[31mels',
        fstype: 'nfs4',
        readOnly: true,
        sizeBytes: undefined,
        availableBytes: undefined,
      },
    ],
    gpus: [
      {
        vendor: 'nvidia',
        name: 'RTX 4090',
        driver: 'nvidia 595.10',
        pciBusId: '0000:01:00.0',
        note: 'lost',
      },
    ],
  },
  findings: [
    { check: 'node', state: 'ok', told: 'Node.js v20.19.0' },
    { check: 'clock', state: 'warn', told: 'it is not synchronised', mend: 'Run chrony\u009b2J' },
    { check: 'ledger', state: 'fail', told: '/l\n:1: bad', mend: 'Look at that line' },
  ],
};
