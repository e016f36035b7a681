import type { CgroupValues } from '../domain/cgroup.ts';
import type { Known } from '../domain/circumstances.ts';
import type { Unit } from '../domain/unit.ts';
import { type Evidence, evidenceOf } from '../host/evidence-store.ts';
import type { XidWatch } from '../sources/circumstances/xid-watch.ts';
import type {
  EvidenceParts,
  UnitGpuProcess,
  UnitJournal,
  UnitProperties,
} from '../sources/evidence/parts.ts';
import { evidenceText } from '../sources/evidence/text.ts';
import { flatWithin, knownWithin } from './known.ts';

/** Collects what is worth keeping from right before a repair, within 1 s. What is late or fails is told as missing. */
export type CreateEvidence = (unit: Unit, signal: AbortSignal) => Promise<Evidence>;

/** How its parts are read; those that throw say why one is missing. */
export interface EvidenceDeps {
  now(): Date;
  properties(unit: string, signal: AbortSignal): Promise<UnitProperties>;
  cgroup(controlGroup: string): CgroupValues | undefined;
  gpuProcesses(unit: Unit): Promise<Known<readonly UnitGpuProcess[]>>;
  journal(unit: string, lines: number, signal: AbortSignal): Promise<UnitJournal>;
  readonly log: Pick<XidWatch, 'read' | 'lines'>;
}

/** Each has a limit of its own, so that one that hangs costs no other; together they take less than 1 s. */
const LIMIT_MS = { properties: 400, cgroup: 150, journal: 900, gpuProcesses: 900 } as const;

const JOURNAL_LINES = 200;

const NOT_SYSTEMD = 'only units of the system manager of systemd have it';

/** Gives the collector. */
export function createEvidence(deps: EvidenceDeps): CreateEvidence {
  async function ofSystemd(unit: Unit, signal: AbortSignal) {
    const isOurs = unit.ref.manager === 'systemd' && unit.ref.scope === 'system';
    const missing = { known: false as const, why: NOT_SYSTEMD };
    if (!isOurs) return { journal: missing, properties: missing, cgroup: missing };
    const name = unit.id || unit.ref.name;
    const [journal, { properties, cgroup }] = await Promise.all([
      knownWithin('reading the journal', LIMIT_MS.journal, signal, (limited) =>
        deps.journal(name, JOURNAL_LINES, limited),
      ),
      readManaged(deps, name, signal),
    ]);
    return { journal, properties, cgroup };
  }

  return async (unit, signal) => {
    const takenAt = deps.now();
    const [managed, gpuProcesses] = await Promise.all([
      ofSystemd(unit, signal),
      flatWithin('reading the processes on GPUs', LIMIT_MS.gpuProcesses, signal, () =>
        deps.gpuProcesses(unit),
      ),
    ]);
    return evidenceOf(evidenceText({ takenAt, unit, ...managed, gpuProcesses, ...logParts(deps.log) }));
  };
}

/** Where the cgroup is, systemd says. */
async function readManaged(
  deps: EvidenceDeps,
  name: string,
  signal: AbortSignal,
): Promise<Pick<EvidenceParts, 'properties' | 'cgroup'>> {
  const properties = await knownWithin('asking systemd', LIMIT_MS.properties, signal, (limited) =>
    deps.properties(name, limited),
  );
  if (!properties.known)
    return { properties, cgroup: { known: false, why: 'systemd did not say where its cgroup is' } };
  const controlGroup = String(properties.value['ControlGroup'] ?? '');
  const cgroup = await knownWithin('reading its cgroup', LIMIT_MS.cgroup, signal, () =>
    deps.cgroup(controlGroup),
  );
  return { properties, cgroup };
}

function logParts(log: EvidenceDeps['log']): Pick<EvidenceParts, 'xids' | 'kernel'> {
  const read = log.read();
  if (!read.known) return { xids: read, kernel: read };
  const xids = read.counts.xids.filter(({ count }) => count > 0);
  return { xids: { known: true, value: xids }, kernel: { known: true, value: log.lines() } };
}
