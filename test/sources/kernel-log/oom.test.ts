import { describe, expect, it } from 'vitest';
import { parseOomChoice, systemUnitOf } from '../../../src/sources/kernel-log/oom.ts';

const choice = (memcg: string, task = 'task', cpuset = '/') =>
  `oom-kill:constraint=CONSTRAINT_MEMCG,nodemask=(null),cpuset=${cpuset},mems_allowed=0,${memcg},task=${task},pid=7,uid=0`;

describe('parseOomChoice', () => {
  it.each([
    ['oom_memcg=/a.slice,task_memcg=/a.slice/b.service', '/a.slice/b.service'],
    ['oom_memcg=/,task_memcg=/b.service', '/b.service'],
    ['global_oom,task_memcg=/a.slice/b.service', '/a.slice/b.service'],
    ['global_oom,task_memcg=/', '/'],
  ])('finds the cgroup in %j', (memcg, cgroup) => {
    expect(parseOomChoice(choice(memcg))).toEqual({ pid: 7, cgroup });
  });

  it.each([
    [
      'a cgroup named so',
      choice('oom_memcg=/u/x,task_memcg=/v.service,task_memcg=/u/x,task_memcg=/v.service/y'),
    ],
    ['a cgroup below named so', choice('global_oom,task_memcg=/u/x,global_oom,task_memcg=/v.service')],
    ['a cpuset named so', choice('oom_memcg=/u,task_memcg=/u/x', 'task', 'x,global_oom,task_memcg=')],
    ['a task named so', choice('oom_memcg=/u,task_memcg=/u/x', ',pid=1,uid=0')],
  ])('is not led to another unit by %s', (_, text) => {
    const { pid, cgroup } = parseOomChoice(text) ?? {};
    expect(pid).toBe(7);
    expect(cgroup).toMatch(/^\/u\//);
  });

  it('gives no cgroup if the one whose limit it was does not hold the task', () => {
    expect(parseOomChoice(choice('oom_memcg=/a,task_memcg=/ab'))).toEqual({ pid: 7, cgroup: '' });
  });
});

describe('systemUnitOf', () => {
  it.each([
    ['/system.slice/ssh.service', 'ssh.service'],
    ['/system.slice/system-getty.slice/getty@tty1.service', 'getty@tty1.service'],
    ['/user.slice/user-1000.slice/user@1000.service/app.slice/x.service', 'user@1000.service'],
    ['/system.slice/docker-0a1b.scope/system.slice/inner.service', 'docker-0a1b.scope'],
    ['/init.scope', 'init.scope'],
    ['/machine.slice', undefined],
    ['/', undefined],
    ['', undefined],
    ['/system.slice/a b.service', undefined],
  ])('the unit of %j is %j', (cgroup, unit) => {
    expect(systemUnitOf(cgroup)).toBe(unit);
  });
});
