import type { Probe } from '../../domain/probe.ts';
import type { ProbeKind, ProbePlan } from '../../domain/probes/plan.ts';
import { type Ask, askWithin } from './asking.ts';
import { askCommand } from './command.ts';
import type { ProbeDeps } from './deps.ts';
import { askDirectory } from './directory.ts';
import { askDns } from './dns.ts';
import { askFile } from './file.ts';
import { askHttp } from './http.ts';
import { askInTurn } from './in-turn.ts';
import { createLine, type Line } from './line.ts';
import { askPidfile } from './pidfile.ts';
import { askRedis } from './redis.ts';
import { askTcp } from './tcp.ts';

/** Builds a probe. */
export function createProbe(plan: ProbePlan, deps: ProbeDeps): Probe {
  const { name, type, unit, timing } = plan;
  const line = createLine(deps.elapsedMs);
  const ask = askOf(name, plan, inLine(deps, line));
  return { name, type, unit, timing, ask: (signal) => askWithin(timing.timeoutMs, signal, ask, line) };
}

/** The same, but that the probe waits for its places in a line of its own. */
function inLine(deps: ProbeDeps, line: Line): ProbeDeps {
  return {
    ...deps,
    readSecret: line.readSecret(deps.readSecret),
    placesOf: (path) => line.places(deps.placesOf(path)),
    commandPlaces: line.places(deps.commandPlaces),
  };
}

/** One line a type. */
function askOf(name: string, kind: ProbeKind, deps: ProbeDeps): Ask {
  switch (kind.type) {
    case 'http':
      return askInTurn([kind.settings, ...(kind.next ?? [])].map((settings) => askHttp(settings, deps)));
    case 'tcp':
      return askTcp(kind.settings, deps);
    case 'redis':
      return askRedis(kind.settings, deps);
    case 'dns':
      return askDns(kind.settings);
    case 'file':
      return askFile(kind.settings, deps);
    case 'directory':
      return askDirectory(kind.settings, deps);
    case 'pidfile':
      return askPidfile(kind.settings, deps);
    case 'command':
      return askCommand(name, kind.settings, deps);
  }
}
