import { access } from 'node:fs/promises';
import { findProgram } from './programs.ts';
import { canUnpack, repository, unpackPackages } from './unpack.ts';

/** Absolute paths of the real programs that the tests and the demo run. */
export interface Tools {
  readonly prometheus: string;
  readonly promtool: string;
  readonly alertmanager: string;
  readonly amtool: string;
}

/** Without its JavaScript libraries Debian's Prometheus answers, but its pages stay empty. */
const webLibraries = [
  'fonts-glyphicons-halflings',
  'libjs-bootstrap4',
  'libjs-d3',
  'libjs-eonasdan-bootstrap-datetimepicker',
  'libjs-jquery',
  'libjs-jquery-hotkeys',
  'libjs-moment',
  'libjs-moment-timezone',
  'libjs-mustache',
  'libjs-popper.js',
  'libjs-rickshaw',
];

/**
 * Prometheus, promtool, Alertmanager and amtool: those on PATH when all four are there, else Debian's,
 * unpacked (not installed) below `.cache/tools` on first use. Needs no root.
 */
export async function findTools(): Promise<Tools> {
  const installed = installedTools();
  if (installed !== undefined) return installed;
  const root = await unpackPackages({
    name: 'tools',
    scope: 'only',
    packages: ['prometheus', 'prometheus-alertmanager', ...webLibraries.map((name) => `+${name}`)],
    purpose: 'Prometheus and Alertmanager are not on PATH',
  });
  const tools: Tools = {
    prometheus: `${root}/usr/bin/prometheus`,
    promtool: `${root}/usr/bin/promtool`,
    alertmanager: `${root}/usr/bin/prometheus-alertmanager`,
    amtool: `${root}/usr/bin/amtool`,
  };
  for (const path of Object.values(tools)) {
    await access(path).catch((cause: unknown) => {
      throw new Error(`${path} is missing from Debian's package; remove ${root} and try again`, { cause });
    });
  }
  return tools;
}

/**
 * Absolute path of node_exporter, which the benchmark compares with: Debian's name for it on PATH, else its
 * package, unpacked below `.cache` on first use.
 */
export async function findNodeExporter(): Promise<string> {
  const name = 'prometheus-node-exporter';
  const installed = findProgram(name);
  if (installed !== undefined) return installed;
  const purpose = `${name} is not on PATH`;
  const root = await unpackPackages({ name: 'node-exporter', scope: 'only', packages: [name], purpose });
  return `${root}/usr/bin/${name}`;
}

/** Where the package of this program is unpacked; undefined for one that is installed. */
export function unpackedRoot(program: string): string | undefined {
  return program.startsWith(`${repository}/.cache/`)
    ? program.slice(0, program.indexOf('/usr/bin/'))
    : undefined;
}

/** One sentence why `findTools` must fail here, at no cost; undefined where it can try. */
export function toolsMissing(): string | undefined {
  if (installedTools() !== undefined || canUnpack()) return undefined;
  return 'prometheus, promtool, alertmanager and amtool are not all on PATH, and there is no apt-get to fetch them with';
}

function installedTools(): Tools | undefined {
  const prometheus = findProgram('prometheus');
  const promtool = findProgram('promtool');
  const alertmanager = findProgram('alertmanager') ?? findProgram('prometheus-alertmanager');
  const amtool = findProgram('amtool');
  if (!prometheus || !promtool || !alertmanager || !amtool) return undefined;
  return { prometheus, promtool, alertmanager, amtool };
}
