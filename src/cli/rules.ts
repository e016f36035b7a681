import { messageOf } from '../domain/errors.ts';
import { GROUPS } from '../rules/groups.ts';
import { THRESHOLD_GROUP, type ThresholdOverride, thresholdGroup } from '../rules/override.ts';
import type { RuleGroup } from '../rules/rule.ts';
import { rulesText } from '../rules/write.ts';
import { readConfig } from './check.ts';
import { EXIT } from './exit.ts';
import { tellProblems } from './terminal.ts';

/** Prints rules of Prometheus with the thresholds of a configuration; gives the exit code. */
export async function rules({
  configFile,
  group,
}: {
  readonly configFile: string | undefined;
  readonly group: string | undefined;
}): Promise<number> {
  try {
    const read = await overridesOf(configFile);
    if (!read.ok) {
      tellProblems(read.problems);
      return EXIT.usage;
    }
    const wanted = chosenGroups(read.overrides, group);
    if (wanted === undefined) {
      tellProblems([`--group: expected one of ${groupNames().join(', ')}; got ${group}`]);
      return EXIT.usage;
    }
    process.stdout.write(rulesText(wanted));
    return EXIT.ok;
  } catch (thrown) {
    tellProblems([messageOf(thrown)]);
    return EXIT.usage;
  }
}

type OverridesRead =
  | { readonly ok: true; readonly overrides: readonly ThresholdOverride[] }
  | { readonly ok: false; readonly problems: readonly string[] };

async function overridesOf(configFile: string | undefined): Promise<OverridesRead> {
  if (configFile === undefined) return { ok: true, overrides: [] };
  const read = await readConfig(configFile);
  return read.ok ? { ok: true, overrides: read.config.thresholds } : read;
}

/** All groups, or the one that is asked for; undefined if there is none of that name. */
function chosenGroups(
  overrides: readonly ThresholdOverride[],
  wanted: string | undefined,
): readonly RuleGroup[] | undefined {
  const thresholds = thresholdGroup(overrides);
  if (wanted === THRESHOLD_GROUP) return [thresholds];
  // An empty group says nothing to who reads all of them.
  if (wanted === undefined) return overrides.length === 0 ? GROUPS : [thresholds, ...GROUPS];
  const found = GROUPS.filter(({ name }) => name === wanted);
  return found.length === 0 ? undefined : found;
}

function groupNames(): readonly string[] {
  return [THRESHOLD_GROUP, ...GROUPS.map(({ name }) => name)];
}
