/** A clock that a glance moves on by an eighth of a second. */
export function glancingClock(): () => number {
  let now = 0;
  return () => {
    now += 125;
    return now;
  };
}
