import * as z from 'zod';
import { schema } from './schema.ts';

/** A JSON Schema, or a part of one, as plain data. */
export type JsonSchema = z.core.JSONSchema.BaseSchema;

/**
 * The JSON Schema (draft 2020-12) of a configuration as it is written.
 *
 * For editors: it knows keys, types and choices. What needs a program to be seen, as that policies overlap or a
 * duration is none, `fettle check` tells.
 */
export function jsonSchema(): JsonSchema {
  const made = z.toJSONSchema(schema, {
    io: 'input',
    unrepresentable: 'any',
    override: ({ jsonSchema: part }) => {
      dropOwnFormats(part);
      addShortForm(part);
    },
  });
  return { ...made, $id: 'urn:fettle:configuration', title: 'Configuration of fettle' };
}

/** zod's own formats mean nothing to editors; the pattern beside them says the same. */
function dropOwnFormats(part: JsonSchema): void {
  if (part.format === 'starts_with') delete part.format;
}

/** What can be written shorter than what the schema sees; see `shortForm` in the schema's own words. */
function addShortForm(part: JsonSchema): void {
  const { shortForm, description, default: usual, ...long } = part;
  if (!isPart(shortForm)) return;
  for (const key of Object.keys(part)) delete part[key];
  Object.assign(
    part,
    description === undefined ? {} : { description },
    usual === undefined ? {} : { default: usual },
  );
  part.anyOf = [shortForm, long];
}

function isPart(value: unknown): value is JsonSchema {
  return typeof value === 'object' && value !== null;
}
