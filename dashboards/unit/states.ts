import type { ValueMapping } from '@grafana/grafana-foundation-sdk/dashboard';
import { type Colour, GREY, words } from '../colours.ts';
import { type Expression, either, promql, unitSeries } from '../promql.ts';

/** systemd's states of a unit and their colours. Red is kept for the one state that needs a person. */
const COLOURS = {
  inactive: GREY,
  active: 'green',
  reloading: 'blue',
  refreshing: 'light-blue',
  activating: 'yellow',
  deactivating: 'orange',
  maintenance: 'purple',
  failed: 'red',
} as const satisfies Readonly<Record<string, Colour>>;

type State = keyof typeof COLOURS;

const STATES = Object.keys(COLOURS) as readonly State[];

/** The name of each state in its colour, for a field that holds the name. */
export const STATE_NAMES: readonly ValueMapping[] = words(
  Object.fromEntries(STATES.map((state) => [state, [state, COLOURS[state]]])),
);

/** The name of each state in its colour, for a field that holds the number of `stateNumber`. */
export const STATE_NUMBERS: readonly ValueMapping[] = words(
  Object.fromEntries(STATES.map((state, index) => [String(index + 1), [state, COLOURS[state]]])),
);

/**
 * One series a unit, whose value is the number of its state: a state timeline wants a value, and the
 * exporter gives a series of 0 or 1 for each state. All but one of the products are 0, so the sum is
 * the number of the state that holds.
 */
export function stateNumber(...matchers: readonly string[]): Expression {
  const products = STATES.map((state, index) => {
    const series = unitSeries('systemd_unit_state', ...matchers, `state="${state}"`);
    return promql`${series} * ${index + 1}`;
  });
  const [first, ...others] = products;
  if (first === undefined) throw new Error('there are no states to show');
  return promql`sum by (instance, name) (\n  ${either(first, ...others)}\n)`;
}
