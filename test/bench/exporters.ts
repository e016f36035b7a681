import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseDocument } from 'yaml';
import type { LabProcess } from '../lab/inside.ts';
import type { Lab } from '../lab/lab.ts';
import { freePort } from '../lab/service-process.ts';

/** One of the two that are compared. */
export type Contestant = 'fettle' | 'node_exporter';

/** A running exporter, started a moment ago. */
export interface Exporter {
  readonly name: Contestant;
  readonly process: LabProcess;
  readonly url: string;
  /** When it was started, on the clock of `performance.now()`. */
  readonly startedMs: number;
}

/** Which fettle to measure, and how. */
export interface FettleOptions {
  /** Its main.js. */
  readonly program: string;
  /** A configuration whose exporter section is taken, but for the address; the defaults if there is none. */
  readonly configFile: string | undefined;
  /** Whether it leaves a CPU profile in the lab's folder when it ends. */
  readonly profile: boolean;
}

/** Starts fettle's exporter half in the lab. */
export async function startFettle(
  lab: Lab,
  { program, configFile, profile }: FettleOptions,
): Promise<Exporter> {
  const port = await freePort();
  const config = parseDocument(configFile === undefined ? '{}' : readFileSync(configFile, 'utf8'));
  config.setIn(['exporter', 'listen'], `127.0.0.1:${port}`);
  const file = join(lab.dir, 'bench.yml');
  writeFileSync(file, config.toString());
  const flags = profile ? ['--cpu-prof', `--cpu-prof-dir=${lab.dir}`] : [];
  const argv = [
    ...interpreterOf(program),
    ...flags,
    program,
    'serve',
    '--only',
    'exporter',
    '--config',
    file,
  ];
  return start(lab, 'fettle', argv, port);
}

/** The first line of a program names Node and its flags, which the kernel would take; here with this very Node. */
export function interpreterOf(program: string): readonly string[] {
  const [first = ''] = readFileSync(program, 'utf8').split('\n', 1);
  const words = /^#!\/usr\/bin\/env -S (.*)$/.exec(first)?.[1]?.split(' ') ?? ['node'];
  return ['/usr/bin/env', ...words.map((word) => (word === 'node' ? process.execPath : word))];
}

/** Starts Debian's node_exporter in the lab with nothing but its systemd collector, all of that switched on. */
export async function startNodeExporter(lab: Lab, program: string): Promise<Exporter> {
  const port = await freePort();
  const argv = [
    program,
    `--web.listen-address=127.0.0.1:${port}`,
    '--collector.disable-defaults',
    '--collector.systemd',
    '--collector.systemd.enable-task-metrics',
    '--collector.systemd.enable-restarts-metrics',
    '--collector.systemd.enable-start-time-metrics',
  ];
  return start(lab, 'node_exporter', argv, port);
}

function start(lab: Lab, name: Contestant, argv: readonly string[], port: number): Exporter {
  const startedMs = performance.now();
  const process = lab.spawn(argv, { log: join(lab.dir, `${name}.log`) });
  return { name, process, url: `http://127.0.0.1:${port}/metrics`, startedMs };
}
