/** An element of an XML document. */
export interface XmlElement {
  readonly name: string;
  /** The attribute `id`; empty if there is none. */
  readonly id: string;
  /** What stands between its tags, without white space around; of no meaning if it has children. */
  readonly text: string;
  readonly children: readonly XmlElement[];
}

/** The first child of that name; undefined if there is none. */
export function childOf(element: XmlElement | undefined, name: string): XmlElement | undefined {
  return element?.children.find((child) => child.name === name);
}

/** All children of that name. */
export function childrenOf(element: XmlElement | undefined, name: string): readonly XmlElement[] {
  return element?.children.filter((child) => child.name === name) ?? [];
}

/** The first element on a path such as `pci/replay_counter`; undefined if there is none. */
export function elementAt(element: XmlElement | undefined, path: string): XmlElement | undefined {
  return path.split('/').reduce(childOf, element);
}

/** The texts of all elements below this one that have no children. */
export function* leafTexts(element: XmlElement): Generator<string> {
  if (element.children.length === 0) yield element.text;
  for (const child of element.children) yield* leafTexts(child);
}
