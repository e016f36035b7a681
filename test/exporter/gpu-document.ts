/** An element of a document of nvidia-smi, as the tests read it: by no code of fettle's. */
export interface DocumentElement {
  readonly name: string;
  /** Its attribute `id`, or nothing. */
  readonly id: string;
  readonly children: readonly DocumentElement[];
  /** What stands in it, trimmed; of no meaning if there are children. */
  readonly text: string;
  /** Where in the document that text stands, less the white space around it. */
  readonly span: readonly [start: number, end: number];
}

/** An element without children, and the way to it. */
export interface Leaf {
  /** As in `pci/replay_counter`. */
  readonly path: string;
  readonly element: DocumentElement;
}

interface OpenElement {
  readonly name: string;
  readonly id: string;
  readonly children: DocumentElement[];
  readonly start: number;
}

const TAG = /<!--[\s\S]*?-->|<[?!][^>]*>|<(\/?)(\w+)([^>]*?)(\/?)>/g;

/** The root of a sound document. Throws an Error for one that is not. */
export function documentTree(text: string): DocumentElement {
  const open: OpenElement[] = [{ name: '', id: '', children: [], start: 0 }];
  for (const tag of text.matchAll(TAG)) {
    const [whole, slash, name, attributes = '', empty] = tag;
    if (name === undefined) continue;
    const end = tag.index + whole.length;
    const id = /\bid="([^"]*)"/.exec(attributes)?.[1] ?? '';
    if (slash === '') open.push({ name, id, children: [], start: end });
    if (slash === '/' || empty === '/') close(text, open, name, slash === '/' ? tag.index : end);
  }
  const root = open[0]?.children[0];
  if (root === undefined || open.length !== 1) throw new Error('not a sound document');
  return root;
}

function close(text: string, open: OpenElement[], name: string, end: number): void {
  const element = open.pop();
  if (element?.name !== name) throw new Error(`</${name}> closes <${element?.name}>`);
  const inner = text.slice(element.start, end);
  const start = element.start + (inner.length - inner.trimStart().length);
  const span = [start, start + inner.trim().length] as const;
  open
    .at(-1)
    ?.children.push({ name, id: element.id, children: element.children, text: plain(inner.trim()), span });
}

const ENTITIES = new Map(Object.entries({ amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" }));

function plain(text: string): string {
  return text.replace(/&(\w+);/g, (whole, name) => ENTITIES.get(name) ?? whole);
}

/** All leaves beneath an element. */
export function leavesOf(element: DocumentElement, path = ''): readonly Leaf[] {
  return element.children.flatMap((child) => {
    const own = path === '' ? child.name : `${path}/${child.name}`;
    return child.children.length === 0 ? [{ path: own, element: child }] : leavesOf(child, own);
  });
}

/** The first elements on each of these paths that there are. */
export function elementsOn(element: DocumentElement, paths: readonly string[]): readonly DocumentElement[] {
  return paths.flatMap((path) => {
    const found = path
      .split('/')
      .reduce<DocumentElement | undefined>(
        (at, name) => at?.children.find((child) => child.name === name),
        element,
      );
    return found === undefined ? [] : [found];
  });
}

/** What nvidia-smi prints for no value, by facts/gpu.md. */
const NO_VALUE =
  /^(|N\/A|Not Supported|None|ERR!|Unknown Error|GPU is lost|GPU requires reset|Insufficient Permissions|Requested functionality has been deprecated|Not Found|Not Available)$/i;

/** Whether a text stands for a value that the driver does not give. */
export function isNoValue(text: string): boolean {
  return NO_VALUE.test(text.replace(/^\[(.*)\]$/, '$1'));
}
