import { type Expression, orElse, promql, type Selector } from './promql.ts';

/** What says that there is none of something, and what shows that this is known. */
export interface Absence {
  /** Series that are 1 while whoever would tell of it is at work: `kernel_log_up`. */
  readonly known: Selector;
  /** The label that the legend or the table begins with. */
  readonly label: string;
  /** What stands there: `no Xid`. */
  readonly words: string;
  /** The value of the one series; 0 unless said otherwise. */
  readonly value?: number;
}

/**
 * The expression, or, if it has no series at all, one that says so in words.
 *
 * While nobody is at work who would know, there is no series either, and Grafana says "No data": so "none" can
 * be told from "not known".
 */
export function orNone(expression: Expression, { known, label, words, value = 0 }: Absence): Expression {
  const one = promql`max(${known} == 1) * 0 + ${value}`;
  const named = promql`label_replace(${one}, "${text(label)}", "${text(words)}", "", "")`;
  return orElse(expression, promql`label_replace(${named}, "instance", "all hosts", "", "")`);
}

/** The expression, with words for an empty label: an empty place in a legend or a table looks like a fault. */
export function named(expression: Expression, label: string, words: string): Expression {
  return promql`label_replace(${expression}, "${text(label)}", "${text(words)}", "${text(label)}", "")`;
}

/** A text within quotes of PromQL. */
function text(words: string): Expression {
  if (/["\\\n]/.test(words))
    throw new Error(`${words}: quotes, backslashes and line ends would end the text`);
  return { kind: 'expression', text: words };
}
