import { readFileSync } from 'node:fs';
import { cpus, release, totalmem } from 'node:os';
import type { Lab } from '../lab/lab.ts';

/** What the figures were taken on, without names or paths; a line each. */
export async function describeMachine(lab: Lab, nodeExporter: string): Promise<readonly string[]> {
  const systemd = (await lab.run(['systemctl', '--version'])).stdout.split('\n')[0] ?? '';
  const dbus = (await lab.run(['dbus-daemon', '--version'])).stdout.split('\n')[0] ?? '';
  const { stdout, stderr } = await lab.run([nodeExporter, '--version']);
  const version = /version (\S+)/.exec(`${stdout}${stderr}`)?.[1] ?? 'unknown';
  const pureV2 = /^\S+ \/sys\/fs\/cgroup cgroup2 /m.test(readFileSync('/proc/mounts', 'utf8'));
  return [
    `${cpus().length} cores, ${Math.round(totalmem() / 2 ** 30)} GiB, Linux ${/^[\d.]+/.exec(release())?.[0]}, cgroup ${pureV2 ? 'v2' : 'v1 hybrid'}`,
    `${systemd}, ${dbus}`,
    `Node ${process.version}, node_exporter ${version}`,
  ];
}

/** Load of the machine over the last minute, the benchmark's own part included. */
export function loadAverage(): string {
  return readFileSync('/proc/loadavg', 'utf8').split(' ')[0] ?? '';
}
