/** Longest secret that a cut could leave a part of. */
const LONGEST_WORD = 512;

/**
 * The beginning of a text that is too long to be looked through. A word that the cut would go through is left out, so
 * that no secret becomes one that cannot be told.
 */
export function beginningOf(text: string, most: number): string {
  if (text.length <= most) return text;
  const kept = text.slice(0, most);
  let ends = kept.length;
  while (ends > 0 && kept.length - ends < LONGEST_WORD && !/\s/.test(kept[ends - 1] ?? '')) ends -= 1;
  return `${kept.slice(0, ends)} [${text.length - ends} characters left out]`;
}

/** A text cut in its middle, to some length; it has no secrets any more. */
export function withoutMiddle(text: string, most: number): string {
  if (text.length <= most) return text;
  const head = Math.floor((most * 2) / 3);
  const tail = most - head;
  return `${text.slice(0, head)} [${text.length - most} characters left out] ${text.slice(text.length - tail)}`;
}
