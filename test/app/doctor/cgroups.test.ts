import { describe, expect, it } from 'vitest';
import { readCgroupMounts } from '../../../src/app/doctor/cgroups.ts';
import { tempFolder } from '../../fakes/temp-folder.ts';

describe('readCgroupMounts', () => {
  it('finds the units of systemd in v1, below its own cgroup', () => {
    const root = tempFolder({ 'memory/tasks': '', 'systemd/box/system.slice/tasks': '' });
    expect(readCgroupMounts(root, '/box')).toEqual({
      version: 'v1',
      controllers: undefined,
      seesUnits: true,
    });
    expect(readCgroupMounts(root, '')).toMatchObject({ seesUnits: false });
    expect(readCgroupMounts(root, undefined)).toMatchObject({ seesUnits: undefined });
  });

  it('finds that there are none', () => {
    expect(readCgroupMounts(tempFolder(), '')).toEqual({
      version: undefined,
      controllers: undefined,
      seesUnits: undefined,
    });
  });
});
