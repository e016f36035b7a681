import type { EccCount } from '../../domain/gpu.ts';
import { childOf, elementAt, type XmlElement } from './element.ts';
import type { Fields } from './fields.ts';
import { parseCount } from './values.ts';

type Severity = EccCount['severity'];

/** Memory errors since one moment, from `volatile` or `aggregate` of `ecc_errors`, in each of three layouts. */
export function eccCounts(fields: Fields, field: string, ecc: XmlElement | undefined): readonly EccCount[] {
  const errors = fields.section(field, ecc);
  if (errors === undefined) return [];
  return withoutRepeats([
    ...one('dram', 'corrected', sum(fields, field, errors, ['dram_correctable'])),
    ...one('dram', 'uncorrected', sum(fields, field, errors, ['dram_uncorrectable'])),
    ...one('sram', 'corrected', sum(fields, field, errors, ['sram_correctable'])),
    ...one('sram', 'uncorrected', sum(fields, field, errors, uncorrectableSram(errors))),
    ...beforeAmpere(fields, field, childOf(errors, 'single_bit'), 'corrected'),
    ...beforeAmpere(fields, field, childOf(errors, 'double_bit'), 'uncorrected'),
  ]);
}

/** A driver that prints two layouts says the same twice; the newer one, which comes first, counts. */
function withoutRepeats(counts: readonly EccCount[]): readonly EccCount[] {
  const isSame = (one: EccCount, other: EccCount) =>
    one.memory === other.memory && one.severity === other.severity;
  return counts.filter((one, at) => counts.findIndex((other) => isSame(one, other)) === at);
}

/** Since driver 570 in two parts. */
function uncorrectableSram(errors: XmlElement): readonly string[] {
  const parts = ['sram_uncorrectable_parity', 'sram_uncorrectable_secded'];
  return parts.some((name) => childOf(errors, name) !== undefined) ? parts : ['sram_uncorrectable'];
}

/** The total is that of all memories of the GPU; `device_memory` is the one outside the chip. */
function beforeAmpere(
  fields: Fields,
  field: string,
  errors: XmlElement | undefined,
  severity: Severity,
): readonly EccCount[] {
  const count = (name: string) =>
    fields.value(`${field}.${severity}.${name}`, [elementAt(errors, name)], parseCount);
  const total = count('total');
  const dram = count('device_memory');
  if (total === undefined || dram === undefined || dram > total) return one('dram', severity, dram);
  return [...one('dram', severity, dram), ...one('sram', severity, total - dram)];
}

/** Undefined unless all parts are known: less than all of them would be too little. */
function sum(
  fields: Fields,
  field: string,
  errors: XmlElement,
  names: readonly string[],
): number | undefined {
  const counts = names.map((name) => fields.value(`${field}.${name}`, [childOf(errors, name)], parseCount));
  return counts.reduce((a, b) => (a === undefined || b === undefined ? undefined : a + b));
}

function one(memory: EccCount['memory'], severity: Severity, count: number | undefined): readonly EccCount[] {
  return count === undefined ? [] : [{ memory, severity, count }];
}
