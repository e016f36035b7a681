import { type Moment, secondsBetween } from '../../domain/moment.ts';

/**
 * The ledger's own clock: seconds since its first line, which never go back.
 *
 * Within one start of the machine they pass as its own time does; from one to the next as the wall clock says, if that
 * did not go back.
 */
export class SteadyClock {
  #last: Moment | undefined;
  #seconds = 0;

  /** Goes on to the moment of the next line, and gives its time. */
  advance(moment: Moment): number {
    this.#seconds = this.at(moment);
    this.#last = moment;
    return this.#seconds;
  }

  /** The time of a moment that is not before the last line. */
  at(moment: Moment): number {
    return this.#last === undefined ? 0 : this.#seconds + secondsBetween(this.#last, moment);
  }
}
