import { expect, it } from 'vitest';
import type { XmlElement } from '../../../src/sources/nvidia/element.ts';
import { createXmlBuilder } from '../../../src/sources/nvidia/xml.ts';

const DOCUMENT = '<log><a>1</a><gpu><b>2</b></gpu><gpu/><c/></log>';

function built(onChild: (child: XmlElement) => 'keep' | 'drop' | Error) {
  const seen: string[] = [];
  const builder = createXmlBuilder((_, child) => {
    seen.push(child.name);
    return onChild(child);
  });
  builder.write(DOCUMENT);
  const root = builder.end();
  return { seen, root: root instanceof Error ? root.message : root.children.map(({ name }) => name) };
}

it('hands on every child of the root, and keeps those that are asked to stay', () => {
  expect(built(({ name }) => (name === 'gpu' ? 'drop' : 'keep'))).toEqual({
    seen: ['a', 'gpu', 'gpu', 'c'],
    root: ['a', 'c'],
  });
});

it('ends a document of which the first child too many has come', () => {
  expect(built(({ name }) => (name === 'gpu' ? new Error('too many') : 'keep'))).toEqual({
    seen: ['a', 'gpu'],
    root: 'too many',
  });
});
