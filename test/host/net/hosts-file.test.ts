import { rmSync, writeFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { createHosts, parseHosts } from '../../../src/host/net/hosts-file.ts';
import { tempFolder } from '../../fakes/temp-folder.ts';

it('finds the names of each line, in any case, and all of their addresses', () => {
  const hosts = parseHosts(
    [
      '127.0.0.1\tlocalhost Box.example. box # the box',
      '#192.0.2.9 box',
      '',
      'rubbish box',
      '::1 box',
      '::1 box box',
      '192.0.2.7',
    ].join('\n'),
  );
  expect([...hosts.keys()]).toEqual(['localhost', 'box.example', 'box']);
  expect(hosts.get('box')).toEqual([
    { address: '127.0.0.1', family: 4 },
    { address: '::1', family: 6 },
  ]);
});

it('reads the file anew when it has changed, and does without one', () => {
  const path = `${tempFolder({ hosts: '192.0.2.1 gpu-box' })}/hosts`;
  let now = 0;
  const hosts = createHosts(() => now, path);
  const addresses = (name: string) => hosts(name)?.map(({ address }) => address);
  expect(addresses('GPU-box.')).toEqual(['192.0.2.1']);
  writeFileSync(path, '192.0.2.22 gpu-box');
  now += 2000;
  expect(addresses('gpu-box')).toEqual(['192.0.2.22']);
  rmSync(path);
  now += 2000;
  expect(addresses('gpu-box')).toBeUndefined();
});

it('knows this machine without any file, and nobody else', () => {
  const hosts = createHosts(() => 0, `${tempFolder()}/none`);
  for (const name of ['localhost', 'LOCALHOST', 'a.localhost.']) {
    expect(hosts(name)?.map(({ address }) => address)).toEqual(['127.0.0.1', '::1']);
  }
  expect(hosts('localhost.example')).toBeUndefined();
});
