import type { AlertState } from '../../domain/circumstances.ts';
import type { Rail } from '../rail.ts';
import { lookAgain, unknown } from './retry-at.ts';

/** What somebody has silenced, or what another alert explains, is not repaired; nor what Alertmanager knows no more. */
export const alertmanager: Rail = {
  name: 'alertmanager',
  check(_request, context) {
    const { alert } = context.circumstances;
    if (alert === undefined) return undefined;
    if (!alert.known) return unknown('what Alertmanager says of the alert', alert, context);
    const reason = objectionTo(alert.value);
    // It sends no alert while it is silenced or inhibited, so the next notification means that it no longer is.
    return reason === undefined ? undefined : { reason, retryAt: lookAgain(context) };
  },
};

function objectionTo({ state, silencedBy, inhibitedBy }: AlertState): string | undefined {
  if (silencedBy.length > 0) return `silenced in Alertmanager by ${silencedBy.join(', ')}`;
  if (inhibitedBy.length > 0) return `inhibited in Alertmanager by ${inhibitedBy.join(', ')}`;
  switch (state) {
    case 'active':
      return undefined;
    case 'suppressed':
      return 'suppressed in Alertmanager, which does not say by what';
    case 'unprocessed':
      return 'Alertmanager has not looked yet whether the alert is silenced or inhibited';
    case 'gone':
      return 'Alertmanager knows no such alert that fires';
    default:
      return state satisfies never;
  }
}
