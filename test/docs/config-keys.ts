import type { JsonSchema } from '../../src/config/json-schema.ts';

/** A key of the configuration. */
export interface ConfigKey {
  /** Below the path of its section, such as `filesystems.remote`. */
  readonly name: string;
  readonly part: JsonSchema;
  /** Whether a configuration is refused without it, where the map is there in which it stands. */
  readonly isNeeded: boolean;
  /** The section that tells the keys in it; undefined: it has none, or they stand beside it. */
  readonly keysIn: string | undefined;
  /** Keys of each entry of a short list that is told in one row, as where a number alone will do. */
  readonly entry: readonly (readonly [string, JsonSchema])[];
}

/** Keys that stand together, in the order of the schema. */
export interface ConfigSection {
  /** Such as `remediator.policies[].steps[]`; empty for the whole document. */
  readonly path: string;
  /** Where else such a map may stand. */
  readonly otherPaths: readonly string[];
  readonly part: JsonSchema;
  readonly keys: readonly ConfigKey[];
}

/** A map with more keys than this has a section of its own. */
const MOST_BESIDE = 3;

/** All sections of a schema, each before those in it; maps that are the same in several places have one. */
export function configSections(schema: JsonSchema): readonly ConfigSection[] {
  const sections: ConfigSection[] = [];
  const known = new Map<string, { readonly path: string; readonly others: string[] }>();
  addSection('', [], schema);
  return sections;

  function addSection(path: string, otherPaths: readonly string[], part: JsonSchema): void {
    const below: (() => void)[] = [];
    const keys = propertiesOf(part).flatMap(([name, property]) =>
      keysOf(path, name, property, isNeeded(part, name), below),
    );
    sections.push({ path, otherPaths, part, keys });
    for (const add of below) add();
  }

  function keysOf(
    path: string,
    name: string,
    part: JsonSchema,
    needed: boolean,
    below: (() => void)[],
  ): readonly ConfigKey[] {
    const key: ConfigKey = { name, part, isNeeded: needed, keysIn: undefined, entry: [] };
    const inner = mapIn(part);
    if (inner === undefined) return [key];
    if (inner.suffix === '' && standsBeside(inner.map)) {
      const others = propertiesOf(inner.map).flatMap(([other, property]) =>
        keysOf(path, `${name}.${other}`, property, isNeeded(inner.map, other), below),
      );
      return [key, ...others];
    }
    if (inner.suffix === '[]' && part.anyOf !== undefined && standsBeside(inner.map)) {
      return [{ ...key, entry: propertiesOf(inner.map) }];
    }
    const own = `${path === '' ? '' : `${path}.`}${name}${inner.suffix}`;
    const mark = JSON.stringify(propertiesOf(inner.map));
    const first = known.get(mark);
    if (first !== undefined) {
      first.others.push(own);
      return [{ ...key, keysIn: first.path }];
    }
    const others: string[] = [];
    known.set(mark, { path: own, others });
    below.push(() => addSection(own, others, inner.map));
    return [{ ...key, keysIn: own }];
  }
}

function propertiesOf({ properties }: JsonSchema): readonly (readonly [string, JsonSchema])[] {
  return Object.entries(properties ?? {}).flatMap(([name, part]) =>
    typeof part === 'boolean' || isForbidden(part) ? [] : [[name, part] as const],
  );
}

/** What is only known in order to say why it is refused. */
function isForbidden({ not }: JsonSchema): boolean {
  return not !== undefined;
}

function isNeeded({ required }: JsonSchema, name: string): boolean {
  return required?.includes(name) ?? false;
}

/** The map with keys of its own that a part is, or is a list of, or may be. */
function mapIn(part: JsonSchema): { readonly map: JsonSchema; readonly suffix: '' | '[]' } | undefined {
  if (part.properties !== undefined) return { map: part, suffix: '' };
  const { items } = part;
  if (typeof items === 'object' && !Array.isArray(items)) {
    const inner = mapIn(items);
    return inner === undefined ? undefined : { map: inner.map, suffix: '[]' };
  }
  const choices = part.anyOf ?? [];
  return choices.map(mapIn).find((inner) => inner !== undefined);
}

/** Whether a map is so small that its keys are told beside those around it. */
function standsBeside(map: JsonSchema): boolean {
  const properties = propertiesOf(map);
  return (
    leavesOf(map) <= MOST_BESIDE &&
    properties.every(([, part]) => {
      const inner = mapIn(part);
      return inner === undefined || (inner.suffix === '' && standsBeside(inner.map));
    })
  );
}

function leavesOf(map: JsonSchema): number {
  return propertiesOf(map).reduce((sum, [, part]) => {
    const inner = mapIn(part);
    return sum + (inner === undefined ? 1 : leavesOf(inner.map));
  }, 0);
}
