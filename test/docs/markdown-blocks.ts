/** A fenced block of a Markdown file. */
export interface MarkdownBlock {
  /** As in `sh`; empty if nothing is said. */
  readonly language: string;
  readonly text: string;
  /** Of its first fence, from 1. */
  readonly line: number;
  /** The heading under which it stands, without its `#`; empty before the first. */
  readonly heading: string;
  /** What the HTML comment says that stands right before it, with at most an empty line between. */
  readonly note: string | undefined;
}

const FENCE = /^(\s*)(`{3,}|~{3,})\s*([^\s`]*)/;

/** The fenced blocks of a Markdown text, in their order. */
export function markdownBlocks(markdown: string): readonly MarkdownBlock[] {
  const blocks: MarkdownBlock[] = [];
  const lines = markdown.split('\n');
  let heading = '';
  for (let at = 0; at < lines.length; at++) {
    const [, indent = '', fence, language = ''] = FENCE.exec(lines[at] ?? '') ?? [];
    if (fence === undefined) {
      heading = /^#{1,6}\s+(.*)$/.exec(lines[at] ?? '')?.[1] ?? heading;
      continue;
    }
    const rest = lines.slice(at + 1);
    const length = rest.findIndex(
      (line) => line.trim().startsWith(fence) && line.trim().length === fence.length,
    );
    if (length === -1) throw new Error(`line ${at + 1}: a block begins here and does not end`);
    const text = rest.slice(0, length).map((line) => line.replace(new RegExp(`^ {0,${indent.length}}`), ''));
    const note = noteBefore(lines.slice(0, at));
    blocks.push({ language, text: text.join('\n'), line: at + 1, heading, note });
    at += length + 1;
  }
  return blocks;
}

/** The comment at the end of these lines. It may be longer than one line. */
function noteBefore(lines: readonly string[]): string | undefined {
  const before = lines.join('\n').trimEnd();
  if (!before.endsWith('-->') || /\n\s*\n\s*\n$/.test(lines.join('\n'))) return undefined;
  const begin = before.lastIndexOf('<!--');
  return begin === -1
    ? undefined
    : before
        .slice(begin + 4, -3)
        .replaceAll(/\s+/g, ' ')
        .trim();
}
