import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { type CgroupUnit, createCgroupReader } from '../../../src/sources/cgroup/source.ts';
import { tempFolder } from '../../fakes/temp-folder.ts';

const unit = (name: string, controlGroup: string | undefined): CgroupUnit => ({
  name,
  type: 'service',
  controlGroup,
});

const NGINX = unit('nginx.service', '/system.slice/nginx.service');

// The file system of a temporary folder is not cgroup v2's, so its layout is read as v1's.
describe('createCgroupReader on cgroup v1', () => {
  it('reads memory from its controller and CPU time from the empty v2 tree of the hybrid layout', () => {
    const root = tempFolder({
      'memory/system.slice/nginx.service/memory.usage_in_bytes': '1048576\n',
      'unified/system.slice/nginx.service/cpu.stat': 'usage_usec 30\nuser_usec 10\nsystem_usec 20\n',
      // Not asked where the v2 tree has the unit.
      'cpuacct/system.slice/nginx.service/cpuacct.usage_user': '7\n',
      'cpuacct/system.slice/nginx.service/cpuacct.usage_sys': '7\n',
    });
    expect(createCgroupReader(root)([NGINX])).toEqual([
      {
        unit: 'nginx.service',
        type: 'service',
        memoryBytes: 1_048_576,
        cpuUserSeconds: 0.00001,
        cpuSystemSeconds: 0.00002,
      },
    ]);
  });

  it('reads CPU time from cpuacct where there is no v2 tree', () => {
    const root = tempFolder({
      'memory/system.slice/nginx.service/memory.usage_in_bytes': '4096\n',
      'cpuacct/system.slice/nginx.service/cpuacct.usage_user': '2500000000\n',
      'cpuacct/system.slice/nginx.service/cpuacct.usage_sys': '500000000\n',
    });
    expect(createCgroupReader(root)([NGINX])).toMatchObject([
      { memoryBytes: 4096, cpuUserSeconds: 2.5, cpuSystemSeconds: 0.5 },
    ]);
  });

  it('leaves out units without a cgroup, and values that are not there', () => {
    const root = tempFolder({ 'memory/system.slice/nginx.service/memory.usage_in_bytes': '1\n' });
    const readings = createCgroupReader(root)([
      unit('masked.service', undefined),
      NGINX,
      unit('gone.service', '/system.slice/gone.service'),
    ]);
    expect(readings).toEqual([
      {
        unit: 'nginx.service',
        type: 'service',
        memoryBytes: 1,
        cpuUserSeconds: undefined,
        cpuSystemSeconds: undefined,
      },
      {
        unit: 'gone.service',
        type: 'service',
        memoryBytes: undefined,
        cpuUserSeconds: undefined,
        cpuSystemSeconds: undefined,
      },
    ]);
  });

  it('leaves out a value that cannot be read, and keeps the others', () => {
    const root = tempFolder();
    mkdirSync(join(root, 'memory/system.slice/nginx.service/memory.usage_in_bytes'), { recursive: true });
    mkdirSync(join(root, 'unified/system.slice/nginx.service'), { recursive: true });
    writeFileSync(
      join(root, 'unified/system.slice/nginx.service/cpu.stat'),
      'user_usec 1000000\nsystem_usec 0\n',
    );
    expect(createCgroupReader(root)([NGINX])).toMatchObject([{ memoryBytes: undefined, cpuUserSeconds: 1 }]);
  });

  it('throws where nothing at all can be read', () => {
    const root = tempFolder();
    mkdirSync(join(root, 'memory/system.slice/nginx.service/memory.usage_in_bytes'), { recursive: true });
    expect(() => createCgroupReader(root)([NGINX])).toThrow(/^reading .*memory\.usage_in_bytes: EISDIR/);
  });

  it('has nothing to say on a machine without cgroups', () => {
    expect(createCgroupReader(join(tempFolder(), 'none'))([NGINX])).toMatchObject([
      { memoryBytes: undefined, cpuUserSeconds: undefined },
    ]);
  });
});
