import { spawn } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { expect, it, onTestFinished } from 'vitest';
import { NO_BUS } from '../cli/run-fettle.ts';
import { httpAnswer, startHttpPeer } from '../fakes/peer.ts';
import { tempFolder } from '../fakes/temp-folder.ts';
import { describeLab } from '../lab/describe-lab.ts';
import { freePort } from '../lab/service-process.ts';
import { parsePage } from '../metrics/text-format.ts';

/** A name server that hears questions and never answers: in 127.0.0.0/8, since /etc/resolv.conf names no port. */
async function startSilentServer(address: string): Promise<string[]> {
  const heard: string[] = [];
  const socket = createSocket('udp4', (packet) => void heard.push(packet.toString('latin1')));
  socket.bind(53, address);
  await once(socket, 'listening');
  onTestFinished(() => void socket.close());
  return heard;
}

const PROGRAM = [
  '--import',
  import.meta.resolve('tsx'),
  new URL('../../src/main.ts', import.meta.url).pathname,
];

describeLab('probes where no name server answers', () => {
  it('of localhost and of addresses go on, and fettle ends soon', async () => {
    const heard = await startSilentServer('127.0.0.153');
    const folder = tempFolder({ 'resolv.conf': 'nameserver 127.0.0.153\noptions timeout:30 attempts:5\n' });
    const { port } = await startHttpPeer(httpAnswer('fine'));
    const probe = (name: string, host: string) => ({
      name,
      interval: '1s',
      timeout: '1s',
      http: { url: `http://${host}:${port}/` },
    });
    const own = await freePort();
    const dead = [1, 2, 3].map((index) => probe(`dead-${index}`, `dead-${index}.example`));
    const config = {
      exporter: { listen: `127.0.0.1:${own}`, kernel_log: false },
      probes: [...dead, probe('well', 'localhost'), probe('address', '127.0.0.1')],
    };
    writeFileSync(`${folder}/fettle.yml`, JSON.stringify(config));
    const script = `mount --bind ${folder}/resolv.conf /etc/resolv.conf && exec "$@"`;
    const words = [...PROGRAM, 'serve', '--only', 'exporter', '-c', `${folder}/fettle.yml`];
    const child = spawn('unshare', ['-m', 'sh', '-c', script, 'sh', process.execPath, ...words], {
      env: { ...process.env, ...NO_BUS },
      stdio: 'ignore',
    });
    onTestFinished(() => void child.kill('SIGKILL'));
    const page = async () => {
      const answer = await fetch(`http://127.0.0.1:${own}/metrics`).catch(() => undefined);
      return answer === undefined ? [] : parsePage(await answer.text()).series;
    };
    const value = async (metric: string, name: string) =>
      (await page()).find((one) => one.name === `fettle_probe_${metric}` && one.labels['probe'] === name)
        ?.value;
    for (const { name } of dead) {
      await expect.poll(() => value('success', name), { timeout: 30_000 }).toBe(0);
    }
    const before = (await value('runs_total', 'well')) ?? 0;
    await expect.poll(() => value('runs_total', 'well'), { timeout: 30_000 }).toBeGreaterThan(before + 3);
    for (const name of ['well', 'address']) expect(await value('success', name)).toBe(1);
    const failed = (await page()).filter(
      ({ name, labels, value }) =>
        name === 'fettle_probe_failures_total' && /^(well|address)$/.test(labels['probe'] ?? '') && value > 0,
    );
    expect(failed).toEqual([]);
    // The C library still waits for an answer, and would for longer than this test may take.
    expect(heard.length).toBeGreaterThan(0);
    child.kill('SIGTERM');
    await once(child, 'exit');
  }, 60_000);
});
