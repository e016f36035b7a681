import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { CGROUP_FAMILIES, type CgroupFamily } from '../../../src/domain/cgroup.ts';
import { yieldTurn } from '../../../src/host/clock.ts';
import { KeptFiles } from '../../../src/host/files/kept-files.ts';
import { CPUACCT, PER_CONTROLLER, UNIFIED } from '../../../src/sources/cgroup/layout.ts';
import { createCgroupReader, layoutOf } from '../../../src/sources/cgroup/source.ts';
import type { CgroupUnit } from '../../../src/sources/cgroup/unit-cgroup.ts';
import { tempFolder } from '../../fakes/temp-folder.ts';

const unit = (name: string, controlGroup: string | undefined): CgroupUnit => ({
  name,
  type: 'service',
  controlGroup,
});

const NGINX = unit('nginx.service', '/system.slice/nginx.service');

/** A reader of a tree of files, in the layout that the tree has unless told otherwise. */
function readerOf(
  root: string,
  layout = layoutOf(root),
  families: readonly CgroupFamily[] = CGROUP_FAMILIES,
  elapsedMs = () => 0,
) {
  const files = new KeptFiles(100);
  onTestFinished(() => files.close());
  return createCgroupReader({ root, layout, families, files, elapsedMs, yieldTurn });
}

/** Files of one unit's cgroup, as `tempFolder` wants them. */
function under(folder: string, files: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(files).map(([name, text]) => [`${folder}/${name}`, text]));
}

const V2 = under('system.slice/nginx.service', {
  'cpu.stat':
    'usage_usec 30\nuser_usec 10\nsystem_usec 20\nnr_periods 7\nnr_throttled 3\nthrottled_usec 1500000\n',
  'memory.current': '10000\n',
  'memory.peak': '20000\n',
  'memory.swap.current': '0\n',
  'memory.stat':
    'anon 4096\nfile 8192\nkernel 512\nkernel_stack 1\ninactive_anon 5\ninactive_file 3000\nfile_mapped 9\n',
  'memory.events': 'low 1\nhigh 2\nmax 3\noom 4\noom_kill 5\noom_group_kill 6\n',
  'memory.min': '0\n',
  'memory.low': '1\n',
  'memory.high': 'max\n',
  'memory.max': '1048576\n',
  'pids.current': '12\n',
  'pids.max': 'max\n',
  'pids.events': 'max 2\n',
  'cpu.pressure':
    'some avg10=0.00 avg60=0.00 avg300=0.00 total=1000000\nfull avg10=0.00 avg60=0.00 avg300=0.00 total=0\n',
  'memory.pressure':
    'some avg10=0.00 avg60=0.00 avg300=0.00 total=2000000\nfull avg10=0.00 avg60=0.00 avg300=0.00 total=500000\n',
  'io.pressure':
    'some avg10=9.99 avg60=0.00 avg300=0.00 total=3000000\nfull avg10=0.00 avg60=0.00 avg300=0.00 total=1\n',
  'io.stat':
    '8:0 rbytes=1 wbytes=2 rios=3 wios=4 dbytes=5 dios=6\n259:0 rbytes=10 wbytes=20 rios=30 wios=40 dbytes=0 dios=0\n',
});

describe('a unit of cgroup v2', () => {
  it('has every value that its files tell, and no limit where there is none', async () => {
    expect(await readerOf(tempFolder(V2), UNIFIED)([NGINX])).toEqual([
      {
        unit: 'nginx.service',
        type: 'service',
        values: {
          'cpu.user': 0.00001,
          'cpu.system': 0.00002,
          'cpu.periods': 7,
          'cpu.throttledPeriods': 3,
          'cpu.throttledSeconds': 1.5,
          'memory.current': 10_000,
          'memory.peak': 20_000,
          'memory.swap': 0,
          'memory.anon': 4096,
          'memory.file': 8192,
          'memory.kernel': 512,
          'memory.inactiveFile': 3000,
          'memory.workingSet': 7000,
          'memory.min': 0,
          'memory.low': 1,
          'memory.max': 1_048_576,
          'memory.events.low': 1,
          'memory.events.high': 2,
          'memory.events.max': 3,
          'memory.events.oom': 4,
          'memory.events.oomKill': 5,
          'pids.current': 12,
          'pids.rejected': 2,
          'pressure.cpu.waiting': 1,
          'pressure.cpu.stalled': 0,
          'pressure.memory.waiting': 2,
          'pressure.memory.stalled': 0.5,
          'pressure.io.waiting': 3,
          'pressure.io.stalled': 0.000001,
          'io.readBytes': 11,
          'io.writtenBytes': 22,
          'io.reads': 33,
          'io.writes': 44,
        },
      },
    ]);
  });

  it('has only the families that are wanted', async () => {
    const [reading] = await readerOf(tempFolder(V2), UNIFIED, ['pids'])([NGINX]);
    expect(reading?.values).toEqual({ 'pids.current': 12, 'pids.rejected': 2 });
  });
});

describe('a unit of cgroup v1', () => {
  it('has its memory from its controller and CPU time from the empty v2 tree of the hybrid layout', async () => {
    const root = tempFolder({
      ...under('memory/system.slice/nginx.service', {
        'memory.usage_in_bytes': '1048576\n',
        'memory.max_usage_in_bytes': '2097152\n',
        'memory.stat':
          'cache 1\nrss 2\ninactive_file 3\ntotal_cache 10\ntotal_rss 20\ntotal_swap 40\ntotal_inactive_file 576\n',
        'memory.oom_control': 'oom_kill_disable 0\nunder_oom 0\noom_kill 2\n',
        'memory.failcnt': '4\n',
        'memory.limit_in_bytes': '9223372036854771712\n',
      }),
      ...under('unified/system.slice/nginx.service', {
        'cpu.stat': 'usage_usec 30\nuser_usec 10\nsystem_usec 20\n',
      }),
      ...under('cpu/system.slice/nginx.service', {
        'cpu.stat': 'nr_periods 5\nnr_throttled 1\nthrottled_time 2000000000\n',
      }),
      ...under('blkio/system.slice/nginx.service', {
        'blkio.throttle.io_service_bytes': '8:0 Read 4096\n8:0 Write 8192\n8:16 Read 1\nTotal 12289\n',
        'blkio.throttle.io_serviced': '8:0 Read 1\n8:0 Write 2\n',
      }),
      // Not asked where the v2 tree has the unit.
      ...under('cpuacct/system.slice/nginx.service', {
        'cpuacct.usage_user': '7\n',
        'cpuacct.usage_sys': '7\n',
      }),
    });
    expect((await readerOf(root)([NGINX]))[0]?.values).toEqual({
      'cpu.user': 0.00001,
      'cpu.system': 0.00002,
      'cpu.periods': 5,
      'cpu.throttledPeriods': 1,
      'cpu.throttledSeconds': 2,
      'memory.current': 1_048_576,
      'memory.peak': 2_097_152,
      'memory.anon': 20,
      'memory.file': 10,
      'memory.swap': 40,
      'memory.inactiveFile': 576,
      'memory.workingSet': 1_048_000,
      'memory.events.oomKill': 2,
      'memory.events.max': 4,
      'io.readBytes': 4097,
      'io.writtenBytes': 8192,
      'io.reads': 1,
      'io.writes': 2,
    });
  });

  it('has its limit where there is one', async () => {
    const root = tempFolder(
      under('memory/system.slice/nginx.service', {
        'memory.usage_in_bytes': '1\n',
        'memory.limit_in_bytes': '104857600\n',
      }),
    );
    const [reading] = await readerOf(root)([NGINX]);
    expect(reading?.values).toEqual({ 'memory.current': 1, 'memory.max': 104_857_600 });
  });

  it('has CPU time from cpuacct where there is no v2 tree', async () => {
    const root = tempFolder(
      under('cpuacct/system.slice/nginx.service', {
        'cpuacct.usage_user': '2500000000\n',
        'cpuacct.usage_sys': '500000000\n',
      }),
    );
    expect(layoutOf(root)).toEqual([...CPUACCT, ...PER_CONTROLLER]);
    expect((await readerOf(root)([NGINX]))[0]?.values).toEqual({ 'cpu.user': 2.5, 'cpu.system': 0.5 });
  });
});

describe('the reader of cgroups', () => {
  it('leaves out units without a cgroup, and values that are not there', async () => {
    const root = tempFolder(V2);
    const gone = unit('gone.service', '/system.slice/gone.service');
    const readings = await readerOf(root, UNIFIED)([unit('masked.service', undefined), gone]);
    expect(readings).toEqual([{ unit: 'gone.service', type: 'service', values: {} }]);
  });

  it('finds what only few cgroups have, wherever they stand among those without', async () => {
    const names = Array.from({ length: 40 }, (_, n) => `s${n}.service`);
    const files = names.map((name, n) =>
      under(name, {
        'cpu.stat': 'user_usec 1\n',
        ...(n === 39 ? { 'memory.current': '1\n', 'io.stat': '' } : {}),
      }),
    );
    const last = under('s39.service', {
      'memory.peak': '3\n',
      'io.stat': '8:0 rbytes=1 wbytes=2 rios=3 wios=4\n',
    });
    const root = tempFolder(Object.assign({}, ...files, last));
    const all = names.map((name) => unit(name, `/${name}`));
    const gone = names.map((name) => unit(`gone-${name}`, `/gone-${name}`));
    const readings = await readerOf(root, UNIFIED)([...gone, ...all]);
    expect(readings.at(-1)?.values).toMatchObject({ 'memory.current': 1, 'memory.peak': 3, 'io.reads': 3 });
    expect(readings[40]?.values).toEqual({ 'cpu.user': 1e-6 });
  });

  it('gives up a file that this kernel has nowhere: many have the controller, and none has the file', async () => {
    const names = Array.from({ length: 40 }, (_, n) => `s${n}.service`);
    const files = names.map((name) => under(name, { 'memory.current': '1\n' }));
    const late = under('s39.service', { 'memory.peak': '3\n' });
    const root = tempFolder(Object.assign({}, ...files, late));
    const readings = await readerOf(root, UNIFIED)(names.map((name) => unit(name, `/${name}`)));
    expect(readings[39]?.values).toEqual({ 'memory.current': 1 });
  });

  it('sees what has changed since the last time', async () => {
    const root = tempFolder(under('a', { 'memory.current': '1\n' }));
    const read = readerOf(root, UNIFIED);
    const current = async () => (await read([unit('a.service', '/a')]))[0]?.values['memory.current'];
    expect(await current()).toBe(1);
    writeFileSync(join(root, 'a/memory.current'), '23\n');
    expect(await current()).toBe(23);
  });

  it('leaves out a value that cannot be read, and keeps the others', async () => {
    const root = tempFolder(under('system.slice/nginx.service', { 'memory.current': '4096\n' }));
    mkdirSync(join(root, 'system.slice/nginx.service/pids.current'));
    expect((await readerOf(root, UNIFIED)([NGINX]))[0]?.values).toEqual({ 'memory.current': 4096 });
  });

  it('throws where nothing at all can be read', async () => {
    const root = tempFolder({});
    mkdirSync(join(root, 'system.slice/nginx.service/pids.current'), { recursive: true });
    await expect(readerOf(root, UNIFIED)([NGINX])).rejects.toThrow(/^reading .*pids\.current: EISDIR/);
  });

  it('has nothing to say on a machine without cgroups', async () => {
    expect(await readerOf(join(tempFolder({}), 'none'))([NGINX])).toMatchObject([{ values: {} }]);
  });
});

describe('a cgroup at rest', () => {
  const families: readonly CgroupFamily[] = ['cpu', 'memory', 'pids', 'limits'];

  /** The tree of one unit, a way to change a file of it, and a reader whose clock is set by hand. */
  function restingUnit(wanted: readonly CgroupFamily[] = families) {
    const root = tempFolder(V2);
    const clock = { ms: 0 };
    const read = readerOf(root, UNIFIED, wanted, () => clock.ms);
    const write = (name: string, text: string) =>
      writeFileSync(join(root, 'system.slice/nginx.service', name), text);
    return { clock, write, read: async () => (await read([NGINX]))[0] };
  }

  it('is the same reading again', async () => {
    const { read, clock } = restingUnit();
    const first = await read();
    expect(await read()).toBe(first);
    clock.ms = 120_000;
    expect(await read()).toBe(first);
  });

  it('is read in full as soon as one of its tasks runs', async () => {
    const { read, write } = restingUnit();
    await read();
    write('memory.events', 'oom_kill 6\n');
    write('cpu.stat', 'usage_usec 31\nuser_usec 11\nsystem_usec 20\n');
    const { values } = (await read()) ?? {};
    expect([values?.['memory.events.oomKill'], values?.['cpu.user']]).toEqual([6, 0.000011]);
  });

  it('is read in full as soon as its memory changes', async () => {
    const { read, write } = restingUnit();
    await read();
    write('memory.current', '9000\n');
    write('memory.stat', 'anon 1\nfile 2\ninactive_file 1000\n');
    const { values } = (await read()) ?? {};
    expect([values?.['memory.anon'], values?.['memory.workingSet']]).toEqual([1, 8000]);
  });

  it('has a limit that was set by hand within a minute', async () => {
    const { read, write, clock } = restingUnit();
    await read();
    write('pids.max', '50\n');
    clock.ms = 60_000;
    expect((await read())?.values['pids.max']).toBe(50);
  });

  it('has its pressure and its IO at once: those grow while all its tasks wait', async () => {
    const { read, write } = restingUnit(CGROUP_FAMILIES);
    await read();
    write('io.pressure', 'some avg10=0.00 avg60=0.00 avg300=0.00 total=7000000\n');
    write('io.stat', '');
    const { values = {} } = (await read()) ?? {};
    expect(values['pressure.io.waiting']).toBe(7);
    for (const name of ['pressure.io.stalled', 'io.readBytes'] as const)
      expect(values).not.toHaveProperty([name]);
    expect(values['memory.current']).toBe(10_000);
  });

  it.each([[['memory', 'pids']], [['cpu', 'pids']]] as const)(
    'is not known as such without both CPU time and memory: %j',
    async (wanted) => {
      const { read, write } = restingUnit(wanted);
      await read();
      write('pids.current', '13\n');
      expect((await read())?.values['pids.current']).toBe(13);
    },
  );

  it('is another one when the unit has moved', async () => {
    const root = tempFolder({
      ...under('a', { 'memory.current': '1\n' }),
      ...under('b', { 'memory.current': '2\n' }),
    });
    const read = readerOf(root, UNIFIED);
    const current = async (place: string) => (await read([unit('x.service', place)]))[0]?.values;
    expect([await current('/a'), await current('/b')]).toEqual([
      { 'memory.current': 1 },
      { 'memory.current': 2 },
    ]);
  });
});
