import type { XmlElement } from './element.ts';

/** Deeper than any document of nvidia-smi. */
const DEPTH = 32;

/** The tree of a document that the package node-nvidia-smi gives as objects, lists and texts. */
export function treeOfPackage(data: unknown): XmlElement | Error {
  const [root] = isObject(data) ? childrenIn(data, 0) : [];
  return root ?? new Error('node-nvidia-smi has given no document');
}

function elementOf(name: string, value: unknown, depth: number): XmlElement {
  if (!isObject(value) || depth > DEPTH) return { name, id: '', text: textOf(value), children: [] };
  const { $: attributes, _: text } = value;
  const id = isObject(attributes) ? textOf(attributes['id']) : '';
  return { name, id, text: textOf(text), children: childrenIn(value, depth) };
}

/** Elements of one name are a list if there are several of them. */
function childrenIn(value: Readonly<Record<string, unknown>>, depth: number): readonly XmlElement[] {
  return Object.entries(value)
    .filter(([name]) => name !== '$' && name !== '_')
    .flatMap(([name, one]) => {
      const all: readonly unknown[] = Array.isArray(one) ? one : [one];
      return all.map((each) => elementOf(name, each, depth + 1));
    });
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value.trim() : '';
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
