/** `$name`, `${name}`, `${name:format}` and `[[name]]`, the ways in which Grafana writes a variable. */
const REFERENCE = /\$(\w+)|\$\{(\w+)(?::[^}]*)?\}|\[\[(\w+)(?::\w+)?\]\]/g;

/** A reference to a variable, as opposed to `$1` in label_replace or `$` in a regular expression. */
const LEFT_OVER = /\$[A-Za-z_]\w*|\$\{[A-Za-z_][^}]*\}|\[\[[A-Za-z_]\w*(?::\w+)?\]\]/;

/** Fills in the variables that have a value, as Grafana does before it sends a query. */
export function interpolate(text: string, values: ReadonlyMap<string, string>): string {
  return text.replaceAll(REFERENCE, (whole: string, ...names: readonly unknown[]) => {
    const name = names.slice(0, 3).find((group) => typeof group === 'string');
    return (typeof name === 'string' ? values.get(name) : undefined) ?? whole;
  });
}

/** The first reference to a variable that nobody has filled in, if there is one. */
export function leftOver(text: string): string | undefined {
  return LEFT_OVER.exec(text)?.[0];
}
