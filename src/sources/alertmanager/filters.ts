/** Names that every Alertmanager takes as they stand; others, which exist since version 0.27, are quoted. */
const PLAIN_NAME = /^[a-zA-Z_:][a-zA-Z0-9_:]*$/;

const LONE_SURROGATE = /\p{Surrogate}/u;

/** What a server takes as the first line of a request is limited; the fingerprint tells the rest apart. */
const LONGEST_QUERY = 16 * 1024;

/**
 * The query that asks for alerts with exactly these labels, in every state.
 *
 * Labels that would make it too long are left out: more alerts than one may come back.
 */
export function alertQuery(labels: ReadonlyMap<string, string>): string {
  const states = ['active', 'silenced', 'inhibited', 'unprocessed'].map((state) => `${state}=true`).join('&');
  let query = states;
  for (const [name, value] of labels) {
    const text = labelFilter(name, value);
    // No Alertmanager has a label that is no Unicode: what it has in its place is not known here.
    if (LONE_SURROGATE.test(text)) continue;
    const filter = `&filter=${encodeURIComponent(text)}`;
    if (query.length + filter.length <= LONGEST_QUERY) query += filter;
  }
  return query;
}

/** A matcher for one value of one label, as in `unit="vllm.service"`. */
export function labelFilter(name: string, value: string): string {
  return `${PLAIN_NAME.test(name) ? name : quoted(name)}=${quoted(value)}`;
}

/** Alertmanager's parser knows these three escapes and no others. */
function quoted(text: string): string {
  const escaped = text.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n');
  return `"${escaped}"`;
}
