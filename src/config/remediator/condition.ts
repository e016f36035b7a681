import * as z from 'zod';
import {
  type Condition,
  OPERATORS,
  type Operator,
  QUANTITIES,
  type Quantity,
} from '../../domain/condition.ts';
import { messageOf } from '../../domain/errors.ts';

const SIZES: Readonly<Record<string, number>> = { KiB: 1024, MiB: 1024 ** 2, GiB: 1024 ** 3, TiB: 1024 ** 4 };

const EXPECTED =
  'expected a condition such as "gpu_temperature_celsius < 80" or "probe_success(comfyui-a) = 0"';

const CONDITION = /^\s*([a-z_]+(?:\([^()]*\))?)\s*(<=|>=|!=|=|<|>)\s*([^\s<>=!]+)\s*$/;

const PROBE = /^probe_success\(([a-z0-9][a-z0-9_-]{0,62})\)$/;

const NUMBER = /^(-?\d{1,15}(?:\.\d{1,9})?)(KiB|MiB|GiB|TiB)?$/;

/**
 * A condition on the machine, such as `gpu_memory_free_bytes >= 4GiB`.
 *
 * Throws an Error that says what is wrong.
 */
export function parseCondition(text: string): Condition {
  const [, name = '', sign = '', number = ''] = CONDITION.exec(text) ?? [];
  const operator = OPERATORS.find((one) => one === sign);
  if (operator === undefined) throw new Error(expectedInsteadOf(text));
  const quantity = quantityOf(name);
  return { text: text.trim(), quantity, operator, value: numberOf(quantity, operator, number) };
}

function expectedInsteadOf(text: string): string {
  if (/\s(?:and|AND|&&)\s/.test(text)) {
    const each = text.split(/\s+(?:and|AND|&&)\s+/).map((one) => one.trim());
    return `expected one condition each, as a list of which all must hold: [${each.map((one) => JSON.stringify(one)).join(', ')}]`;
  }
  if (/\s(?:or|OR|\|\|)\s/.test(text)) return `${EXPECTED}; there is no or`;
  return text.includes('==') ? `${EXPECTED}, with one =` : EXPECTED;
}

/** The name of the probe that a quantity asks; undefined if it asks none. */
export function probeOf(quantity: string): string | undefined {
  return PROBE.exec(quantity)?.[1];
}

function quantityOf(name: string): Quantity {
  const plain = QUANTITIES.find((one) => one === name);
  if (plain !== undefined) return plain;
  const probe = probeOf(name);
  if (probe !== undefined) return `probe_success(${probe})`;
  throw new Error(`expected one of ${QUANTITIES.join(', ')} and probe_success(NAME); got ${name}`);
}

function numberOf(quantity: Quantity, operator: Operator, written: string): number {
  const [, amount, unit] = NUMBER.exec(written) ?? [];
  const isProbe = probeOf(quantity) !== undefined;
  if (amount === undefined) throw new Error(`expected a number after ${operator}; got ${written}`);
  if (unit !== undefined && !quantity.endsWith('_bytes')) {
    throw new Error(`expected a number without ${unit}; ${quantity} is no size`);
  }
  const value = Number(amount) * (unit === undefined ? 1 : (SIZES[unit] ?? Number.NaN));
  if (isProbe && !((operator === '=' || operator === '!=') && (value === 0 || value === 1))) {
    throw new Error(`expected = 1 (it succeeds) or = 0 (it fails) after ${quantity}`);
  }
  return value;
}

/** More than anybody can keep in mind. */
const MOST_CONDITIONS = 16;
const LONGEST_TEXT = 256;

/** One condition, or a list of them, of which all must hold. Not a union, which would not say what is wrong. */
export const conditions = z
  .unknown()
  .transform((written, context): readonly Condition[] => {
    const fault = (message: string, input: unknown, ...path: readonly number[]) => {
      context.issues.push({ code: 'custom', message, input, path: [...path] });
      return [];
    };
    if (!Array.isArray(written)) return read(written, (message) => fault(message, written));
    if (written.length === 0) {
      return fault('expected at least one condition; leave only_if out for none', written);
    }
    if (written.length > MOST_CONDITIONS) {
      return fault(`expected at most ${MOST_CONDITIONS} conditions`, written);
    }
    return written.flatMap((one: unknown, index) => read(one, (message) => fault(message, one, index)));
  })
  .meta({
    description:
      'Only if this holds on the machine, read right before: a condition or a list of them, such as gpu_temperature_celsius < 80.',
    anyOf: [{ type: 'string' }, { type: 'array', items: { type: 'string' }, minItems: 1 }],
  });

function read(written: unknown, fault: (message: string) => readonly Condition[]): readonly Condition[] {
  if (typeof written !== 'string') return fault(EXPECTED);
  if (written.length > LONGEST_TEXT)
    return fault(`expected a condition of at most ${LONGEST_TEXT} characters`);
  try {
    return [parseCondition(written)];
  } catch (thrown) {
    return fault(messageOf(thrown));
  }
}
