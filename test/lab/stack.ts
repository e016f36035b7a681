import { fileURLToPath } from 'node:url';
import { type Service, startService } from './service-process.ts';
import { findTools, unpackedRoot } from './tools.ts';

/** How to run Prometheus or Alertmanager. */
export interface StackOptions {
  readonly configFile: string;
  /** Existing folder for data and log. */
  readonly dir: string;
  /** A free one, unless said otherwise. */
  readonly port?: number;
}

/** The real Prometheus with this configuration, ready. SIGHUP or `/-/reload` is not enabled. */
export async function startPrometheus({ configFile, dir, port }: StackOptions): Promise<Service> {
  const prometheus = runnable((await findTools()).prometheus);
  return startService({
    name: 'prometheus',
    dir,
    port,
    argv: (data, listen) => [
      ...prometheus,
      `--config.file=${configFile}`,
      `--storage.tsdb.path=${data}`,
      `--web.listen-address=${listen}`,
    ],
  });
}

/** The real Alertmanager with this configuration, ready, alone in its cluster. */
export async function startAlertmanager({ configFile, dir, port }: StackOptions): Promise<Service> {
  const alertmanager = runnable((await findTools()).alertmanager);
  return startService({
    name: 'alertmanager',
    dir,
    port,
    argv: (data, listen) => [
      ...alertmanager,
      `--config.file=${configFile}`,
      `--storage.path=${data}`,
      `--web.listen-address=${listen}`,
      '--cluster.listen-address=',
    ],
  });
}

/** How to start a program, also one that is unpacked and misses its files in /usr/share (see unpacked.sh). */
function runnable(program: string): readonly string[] {
  const root = unpackedRoot(program);
  if (root === undefined) return [program];
  return ['bash', fileURLToPath(new URL('unpacked.sh', import.meta.url)), root, program];
}
