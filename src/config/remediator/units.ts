import * as z from 'zod';
import type { UnitTemplate } from '../../domain/policy.ts';
import { isUnitName, unitType } from '../../domain/unit.ts';

const UNIT = 'expected a unit name such as comfyui@a.service';

/** The name of one unit, written out. */
export const unitName = z
  .string({ error: UNIT })
  .refine(isUnitName, { error: 'expected a unit name with its type, such as comfyui@a.service' })
  .describe('Name of one unit with its type, such as comfyui@a.service.');

/** The name of a unit that is run to its end. */
export const serviceName = unitName.refine((name) => !isUnitName(name) || unitType(name) === 'service', {
  error: 'expected a service, such as gpu-cleanup.service; nothing else can be run to its end',
});

const PATTERN = 'expected a unit name, in which * stands for any text, such as postgresql@*';

/** Names of units, in which `*` stands for any text. */
export const unitPattern = z.string({ error: PATTERN }).regex(/^[A-Za-z0-9:_.\\@*-]+$/, { error: PATTERN });

const LABEL_TEMPLATE = /^\{\{\s*labels\.([a-zA-Z_][a-zA-Z0-9_]*)\s*\}\}$/;

/** A unit name, or the whole value of a label. */
export const unitTemplate = z
  .string({ error: 'expected a unit name, or "{{ labels.unit }}"' })
  .transform((text, context): UnitTemplate => {
    const label = LABEL_TEMPLATE.exec(text)?.[1];
    if (label !== undefined) return { kind: 'label', label };
    if (isUnitName(text)) return { kind: 'literal', name: text };
    context.issues.push({
      code: 'custom',
      message: 'expected a unit name, or one label as a whole: "{{ labels.unit }}"',
      input: text,
    });
    return z.NEVER;
  })
  .describe('The unit to repair: its name, or the whole value of a label of the alert, "{{ labels.unit }}".');
