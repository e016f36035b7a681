import type { Rail } from '../rail.ts';
import { lookAgain, unknown } from './retry-at.ts';

/** While somebody has paused fettle, nothing is done. */
export const pause: Rail = {
  name: 'pause',
  check(_request, context) {
    const { pause: known } = context.circumstances;
    if (!known.known) return unknown('whether fettle is paused', known, context);
    if (known.value === undefined) return undefined;
    const { until, reason, by, since } = known.value;
    if (until !== undefined && until.getTime() <= context.now.getTime()) return undefined;
    const who = by === '' ? 'somebody' : by;
    const end = until === undefined ? 'until somebody resumes' : `until ${until.toISOString()}`;
    const why = reason === '' ? '' : `: ${reason}`;
    return {
      reason: `paused by ${who} since ${since.toISOString()} ${end}${why}`,
      // Not the end: somebody may resume before.
      retryAt: lookAgain(context),
    };
  },
};
