import * as z from 'zod';
import type { UnitTemplate } from '../../domain/policy.ts';
import { isUnitName, UNIT_SUFFIXES, unitType } from '../../domain/unit.ts';

const UNIT = 'expected a unit name such as comfyui@a.service';

const TYPED = 'expected a unit name with its type, such as comfyui@a.service';

/** What is said of a text that is no unit name. */
function namedWrong(text: string): string {
  if (!text.includes('*')) return TYPED;
  return 'expected a unit name without *: no pattern here, write out each unit, such as comfyui@a.service';
}

/** The name of one unit, written out. */
export const unitName = z
  .string({ error: UNIT })
  .refine(isUnitName, { error: ({ input }) => namedWrong(String(input)) })
  .describe('Name of one unit with its type, such as comfyui@a.service.');

/** The name of a unit that is run to its end. */
export const serviceName = unitName.refine((name) => !isUnitName(name) || unitType(name) === 'service', {
  error: 'expected a service, such as gpu-cleanup.service; nothing else can be run to its end',
});

const PATTERN = 'expected a unit name, in which * stands for any text, such as postgresql@*';

/** Names of units, in which `*` stands for any text. */
export const unitPattern = z
  .string({ error: PATTERN })
  .regex(/^[A-Za-z0-9:_.\\@*-]+$/, { error: PATTERN, abort: true })
  .refine(canFit, {
    error: ({ input }) => {
      const name = String(input);
      const other = name.includes('@.') ? name.replace(/@\..*/, '@*') : `${name}.service or ${name}*`;
      return `expected what a unit can be called, with its type: no unit fits ${name}, so it protects nothing; write ${other}`;
    },
  });

/** Whether a unit can have a name that fits the pattern. */
function canFit(pattern: string): boolean {
  const star = pattern.lastIndexOf('*');
  if (star === -1) return isUnitName(pattern);
  const tail = pattern.slice(star + 1);
  return UNIT_SUFFIXES.some((suffix) => `.${suffix}`.endsWith(tail) || tail.endsWith(`.${suffix}`));
}

const LABEL_TEMPLATE = /^\{\{\s*labels\.([a-zA-Z_][a-zA-Z0-9_]*)\s*\}\}$/;

/** A unit name, or the whole value of a label. */
export const unitTemplate = z
  .string({ error: 'expected a unit name, or "{{ labels.unit }}"' })
  .transform((text, context): UnitTemplate => {
    if (text.includes('*')) {
      context.issues.push({ code: 'custom', message: namedWrong(text), input: text });
      return z.NEVER;
    }
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
