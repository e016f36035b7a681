import { describe, expect, it } from 'vitest';
import { examinationJson } from '../../../src/cli/doctor/json.ts';
import { EXAMINATION } from './examination.ts';

describe('examinationJson', () => {
  it('is one line that leaves out what is not known', () => {
    const text = examinationJson(EXAMINATION);
    expect(text).toContain('\\u009b2J');
    expect(text).toMatch(/^[ -~]+$/);
    const { machine, findings } = EXAMINATION;
    expect(JSON.parse(text)).toEqual({
      machine: {
        system: machine.system,
        processor: machine.processor,
        virtualisation: 'kvm',
        init: 'systemd 252.39',
        cgroups: 'v2',
        memory: machine.memory,
        fileSystems: [
          machine.fileSystems[0],
          {
            device: 'files:/models',
            mountpoint: '/mnt/mod\u001b[31mels',
            fstype: 'nfs4',
            readOnly: true,
          },
        ],
        gpus: machine.gpus,
      },
      checks: findings,
    });
  });
});
