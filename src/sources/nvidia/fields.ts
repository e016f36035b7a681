import type { Values } from '../../domain/gpu.ts';
import { elementAt, type XmlElement } from './element.ts';
import { isNullLike, type ParseValue } from './values.ts';

/** A text that should be a value and that nothing here understands. */
export interface Unparsed {
  readonly field: string;
  readonly text: string;
}

/** Takes values of one GPU out of a document, and notes what it had to leave out. */
export interface Fields {
  /** Fields of which the driver did not give a value, or one of several. */
  readonly unavailable: ReadonlySet<string>;
  readonly unparsed: readonly Unparsed[];
  /**
   * The value of the first of these elements that has one, or undefined.
   *
   * Drivers have called the same thing by different names, and some print several of them.
   */
  value<T>(field: string, elements: readonly (XmlElement | undefined)[], parse: ParseValue<T>): T | undefined;
  /** The values below a section by what they are of; `paths` says where to find each. */
  values<K extends string>(
    field: string,
    section: XmlElement | undefined,
    paths: Readonly<Record<K, string>>,
    parse: ParseValue<number>,
  ): Values<K>;
  /** Text as it is, or empty. */
  text(field: string, element: XmlElement | undefined): string;
  /** Notes that the driver gave a whole section as not available; gives the section if it did not. */
  section(field: string, element: XmlElement | undefined): XmlElement | undefined;
}

/** Notes nothing yet. */
export function createFields(): Fields {
  const unavailable = new Set<string>();
  const unparsed: Unparsed[] = [];

  function missing(field: string): undefined {
    unavailable.add(field);
  }

  const fields: Fields = {
    unavailable,
    unparsed,
    value(field, elements, parse) {
      const there = elements.filter((element) => element !== undefined);
      const given = there.find(({ text, children }) => children.length === 0 && !isNullLike(text));
      if (given === undefined) return there.length > 0 ? missing(field) : undefined;
      const value = parse(given.text);
      if (value === undefined) unparsed.push({ field, text: given.text });
      return value;
    },
    values(field, section, paths, parse) {
      const given = fields.section(field, section);
      return known(paths, (path, name) => fields.value(`${field}.${name}`, [elementAt(given, path)], parse));
    },
    text(field, element) {
      return fields.value(field, [element], (text) => text) ?? '';
    },
    section(field, element) {
      if (element === undefined || element.children.length > 0) return element;
      if (isNullLike(element.text)) return missing(field);
      unparsed.push({ field, text: element.text });
      return undefined;
    },
  };
  return fields;
}

/** What `find` knows of each entry of a table; what it does not know is left out. */
export function known<K extends string, E, V>(
  table: Readonly<Record<K, E>>,
  find: (entry: E, name: K) => V | undefined,
): { readonly [P in K]?: V } {
  const found: { [P in K]?: V } = {};
  for (const name in table) {
    const value = find(table[name], name);
    if (value !== undefined) found[name] = value;
  }
  return found;
}
