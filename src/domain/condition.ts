/**
 * What is read on the machine itself, never taken from a label:
 *
 * - `gpu_temperature_celsius`: of the hottest GPU;
 * - `gpu_memory_free_bytes`: of the GPU that has least;
 * - `memory_available_bytes`: of the machine;
 * - `thermal_zone_celsius`: of the hottest zone;
 * - `probe_success(NAME)`: 1 or 0, asked anew.
 */
export type Quantity =
  | 'gpu_temperature_celsius'
  | 'gpu_memory_free_bytes'
  | 'memory_available_bytes'
  | 'thermal_zone_celsius'
  | `probe_success(${string})`;

/** All quantities but those of probes. */
export const QUANTITIES = [
  'gpu_temperature_celsius',
  'gpu_memory_free_bytes',
  'memory_available_bytes',
  'thermal_zone_celsius',
] as const satisfies readonly Quantity[];

/** How a quantity is compared. */
export const OPERATORS = ['<=', '>=', '!=', '=', '<', '>'] as const;

/** One of them. */
export type Operator = (typeof OPERATORS)[number];

/** A condition on the machine itself, such as `gpu_temperature_celsius > 95`. */
export interface Condition {
  /** As written, for people. */
  readonly text: string;
  readonly quantity: Quantity;
  readonly operator: Operator;
  readonly value: number;
}

/** Whether a condition holds for what was read. */
export function holds({ operator, value }: Condition, read: number): boolean {
  switch (operator) {
    case '<':
      return read < value;
    case '<=':
      return read <= value;
    case '>':
      return read > value;
    case '>=':
      return read >= value;
    case '=':
      return read === value;
    case '!=':
      return read !== value;
    default:
      return operator satisfies never;
  }
}
