import sax, { type QualifiedTag, type SAXParser, type Tag } from 'sax';
import { messageOf } from '../../domain/errors.ts';
import type { XmlElement } from './element.ts';

/** Builds the tree of one document that comes in parts. */
export interface XmlBuilder {
  write(text: string): void;
  /** The root; an Error if this is no whole, sound document, or one beyond all measure. */
  end(): XmlElement | Error;
}

interface OpenElement extends XmlElement {
  text: string;
  readonly children: OpenElement[];
}

/** Sixteen divided GPUs have 10 000 elements, 8 deep; the longest text is that of a command line. */
const LIMITS = { elements: 100_000, depth: 32, textLength: 4096 };

/**
 * Nothing is built yet.
 *
 * `onChild` is given each child of the root as soon as it is whole, so that what there is to do about it can be done
 * before the next part. It says whether the child stays in the tree (`keep`), or gives an Error that ends the document.
 */
export function createXmlBuilder(
  onChild: (root: XmlElement, child: XmlElement) => 'keep' | 'drop' | Error = () => 'keep',
): XmlBuilder {
  const roots: OpenElement[] = [];
  const open: OpenElement[] = [];
  let elements = 0;
  let broken: Error | undefined;
  const reader = createSax();

  function fail(message: string): void {
    broken ??= new Error(message);
  }

  function opened({ name, attributes }: Tag | QualifiedTag): void {
    elements += 1;
    if (elements > LIMITS.elements || open.length >= LIMITS.depth) return fail('too many elements');
    const element: OpenElement = { name, id: idOf(attributes['id']), text: '', children: [] };
    (open.at(-1)?.children ?? roots).push(element);
    open.push(element);
  }

  function said(text: string): void {
    const element = open.at(-1);
    if (element !== undefined && element.text.length < LIMITS.textLength) element.text += text;
  }

  function closed(): void {
    const element = open.pop();
    if (element === undefined) return;
    element.text = element.text.slice(0, LIMITS.textLength).trim();
    const [root] = open;
    if (broken === undefined && open.length === 1 && root !== undefined) handOn(root, element);
  }

  function handOn(root: OpenElement, child: XmlElement): void {
    const next = onChild(root, child);
    if (next instanceof Error) broken = next;
    if (next !== 'keep') root.children.pop();
  }

  function createSax(): SAXParser {
    const created = sax.parser(true);
    created.onopentag = opened;
    created.ontext = said;
    created.oncdata = said;
    // What stands on its two sides is not one word.
    created.oncomment = () => said(' ');
    created.onclosetag = closed;
    created.onerror = (error) => {
      if (isEntity(error)) created.resume();
      else fail(firstLine(error));
    };
    return created;
  }

  function write(text: string): void {
    if (broken !== undefined) return;
    try {
      reader.write(text);
    } catch (thrown) {
      fail(firstLine(thrown));
    }
  }

  return {
    write,
    end() {
      const root = roots[0];
      if (broken === undefined && open.length > 0) fail('an element is not closed');
      return broken ?? root ?? new Error('no element');
    },
  };
}

/** Attributes are texts unless the parser has been asked for namespaces. */
function idOf(attribute: unknown): string {
  return typeof attribute === 'string' ? attribute : '';
}

/** Names of processes may hold an `&` as it is; the parser then gives it so. */
function isEntity(error: Error): boolean {
  return /^Invalid character (entity|in entity name)/.test(error.message);
}

/** The parser adds line, column and character in lines of their own. */
function firstLine(thrown: unknown): string {
  return messageOf(thrown).split('\n', 1)[0] ?? '';
}
