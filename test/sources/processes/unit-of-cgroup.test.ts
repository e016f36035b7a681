import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { unitOfCgroup } from '../../../src/sources/processes/unit-of-cgroup.ts';
import { anyText } from '../../fakes/any-text.ts';

const ID = '3f1a'.repeat(16);
const OTHER_ID = '09be'.repeat(16);

/** The text of a process's cgroup file on a machine with v2 alone. */
const v2 = (path: string) => `0::${path}\n`;

describe('unitOfCgroup', () => {
  it.each([
    ['/system.slice/ollama.service', 'ollama.service'],
    ['/system.slice/system-comfyui.slice/comfyui@gpu0.service', 'comfyui@gpu0.service'],
    ['/system.slice/vllm.service/workers/rank-1', 'vllm.service'],
    ['/system.slice/vllm.service (deleted)', 'vllm.service'],
    ['/a.slice/a-b.slice/a-b-c.slice/train.scope', 'train.scope'],
    ['/init.scope', 'init.scope'],
    ['/user.slice/user-1000.slice/session-3.scope', 'session-3.scope'],
    ['/system.slice/run-rpc_pipefs.mount', 'run-rpc_pipefs.mount'],
    ['/system.slice/dev-disk-by\\x2duuid-1.swap', 'dev-disk-by\\x2duuid-1.swap'],
    ['/system.slice/_cpu.service', 'cpu.service'],
    ['/system.slice/__odd.service', '_odd.service'],
    ['/../../system.slice/outside.service', 'outside.service'],
  ])('finds the unit of the system in %s', (path, unit) => {
    expect(unitOfCgroup(v2(path))).toEqual({ unit, scope: 'system' });
  });

  it.each([
    ['/user.slice/user-1000.slice/user@1000.service/app.slice/jupyter.service', 'jupyter.service'],
    ['/user.slice/user-1000.slice/user@1000.service/app.slice/app-a.slice/a@1.service/x', 'a@1.service'],
    ['/user.slice/user-1000.slice/user@1000.service/session.slice/wayland.service', 'wayland.service'],
    ['/user.slice/user-1000.slice/user@1000.service/init.scope', 'init.scope'],
    ['/user.slice/user-1000.slice/user@1000.service/app.slice/_memory.service', 'memory.service'],
  ])('finds the unit of a user in %s', (path, unit) => {
    expect(unitOfCgroup(v2(path))).toEqual({ unit, scope: 'user', user: '1000' });
  });

  it('takes the manager of a user for the unit of what is in none of its own', () => {
    const manager = { unit: 'user@1000.service', scope: 'system' };
    const path = '/user.slice/user-1000.slice/user@1000.service';
    expect(unitOfCgroup(v2(path))).toEqual(manager);
    expect(unitOfCgroup(v2(`${path}/app.slice`))).toEqual(manager);
  });

  it.each([
    [`/system.slice/docker-${ID}.scope`, `docker-${ID}.scope`],
    [`/machine.slice/libpod-${ID}.scope/container`, `libpod-${ID}.scope`],
    [
      `/kubepods.slice/kubepods-burstable.slice/kubepods-pod1_2.slice/cri-containerd-${ID}.scope`,
      `cri-containerd-${ID}.scope`,
    ],
    [`/kubepods.slice/kubepods-pod1.slice/crio-${ID}.scope`, `crio-${ID}.scope`],
    [`/system.slice/web.service/libpod-payload-${ID}`, 'web.service'],
    [`/docker/${ID}`, ''],
    [`/kubepods/burstable/pod12-34/${ID}`, ''],
    [
      `/system.slice/containerd.service/kubepods-burstable-pod1.slice:cri-containerd:${ID}`,
      'containerd.service',
    ],
    [`/system.slice/docker-${ID}.scope/kubelet.slice/kubelet.service`, `docker-${ID}.scope`],
    [`/system.slice/docker-${ID}.scope/docker/${OTHER_ID}`, `docker-${ID}.scope`],
  ])('finds the container of %s', (path, unit) => {
    expect(unitOfCgroup(v2(path))).toEqual({ unit, scope: 'system', container: ID });
  });

  it('finds the container of a user', () => {
    const path = `/user.slice/user-7.slice/user@7.service/user.slice/libpod-${ID}.scope/container`;
    expect(unitOfCgroup(v2(path))).toEqual({
      unit: `libpod-${ID}.scope`,
      scope: 'user',
      user: '7',
      container: ID,
    });
  });

  it('takes the monitor of a container for what it is, outside', () => {
    expect(unitOfCgroup(v2(`/machine.slice/libpod-conmon-${ID}.scope`))).toEqual({
      unit: `libpod-conmon-${ID}.scope`,
      scope: 'system',
    });
  });

  it.each([
    '/',
    '/system.slice',
    '/user.slice/user-0.slice',
    '/process_api/7f69',
    '/system.slice/not-a-unit',
  ])('finds no unit in %s', (path) => {
    expect(unitOfCgroup(v2(path))).toEqual({ unit: '', scope: 'system' });
  });

  it('reads the tree of v1 that systemd keeps, where that of v2 is empty', () => {
    const text = '12:pids:/user.slice\n4:memory:/other\n1:name=systemd:/system.slice/old.service\n0::/\n';
    expect(unitOfCgroup(text)).toEqual({ unit: 'old.service', scope: 'system' });
    expect(unitOfCgroup(text.replace('0::/\n', ''))).toEqual({ unit: 'old.service', scope: 'system' });
  });

  it('reads the tree of v2 where systemd uses both', () => {
    const text = `1:name=systemd:/docker/${ID}\n0::/system.slice/containerd.service\n`;
    expect(unitOfCgroup(text)).toEqual({ unit: 'containerd.service', scope: 'system', container: ID });
  });

  it('finds nothing in what is no such file', () => {
    expect(unitOfCgroup('')).toEqual({ unit: '', scope: 'system' });
    expect(unitOfCgroup('no colons\n0:\n')).toEqual({ unit: '', scope: 'system' });
  });

  const word = fc.stringMatching(/^[a-z0-9]{1,12}$/);
  const slices = fc.array(
    word.map((name) => `${name}.slice`),
    { maxLength: 4 },
  );
  const below = fc.array(fc.stringMatching(/^[a-z0-9_.:-]{1,12}$/), { maxLength: 3 });

  it('finds every unit below any slices and above any folders', () => {
    const unit = fc.tuple(word, fc.option(word), fc.constantFrom('service', 'scope', 'socket', 'mount'));
    fc.assert(
      fc.property(slices, unit, below, ([...above], [name, instance, type], inside) => {
        const own = `${name}${instance === null ? '' : `@${instance}`}.${type}`;
        fc.pre(!/^user@\d+\.service$/.test(own));
        const path = `/${[...above, own, ...inside].join('/')}`;
        expect(unitOfCgroup(v2(path))).toMatchObject({ unit: own, scope: 'system' });
      }),
    );
  });

  it('finds every unit of every user', () => {
    fc.assert(
      fc.property(fc.nat(), slices, word, below, (uid, above, name, inside) => {
        const manager = `/user.slice/user-${uid}.slice/user@${uid}.service`;
        const path = [manager, ...above, `${name}.service`, ...inside].join('/');
        const expected = { unit: `${name}.service`, scope: 'user', user: String(uid) };
        expect(unitOfCgroup(v2(path))).toMatchObject(expected);
      }),
    );
  });

  it('gives a unit that is in the text, or none, whatever the text', () => {
    fc.assert(
      fc.property(fc.oneof(anyText(), anyText().map(v2)), (text) => {
        const { unit } = unitOfCgroup(text);
        expect(text).toContain(unit);
      }),
    );
  });
});
