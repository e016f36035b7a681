/** Counts of events told apart by a few words, such as policy, decision and reason. */
export class Tally<Names extends readonly string[]> {
  readonly #counts = new Map<string, { readonly words: { [I in keyof Names]: string }; count: number }>();

  /** One more event; or none, to let a count of 0 be seen before the first. */
  add(words: { [I in keyof Names]: string }, by = 1): void {
    const key = JSON.stringify(words);
    const entry = this.#counts.get(key);
    if (entry === undefined) this.#counts.set(key, { words, count: by });
    else entry.count += by;
  }

  /** Every combination seen so far with its count. */
  entries(): readonly { readonly words: { [I in keyof Names]: string }; readonly count: number }[] {
    return [...this.#counts.values()];
  }
}
