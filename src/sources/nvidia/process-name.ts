/** The name of a process, and what must follow it, are looked for in so much text. */
export const LONGEST_NAME = 64 * 1024;

const CLOSE = '</process_name>';

/** An element without children. */
const SIBLING = /<(\w{1,40})>[^<>]{0,200}<\/\1>/y;

/** What follows the siblings of a name: the next process, or the end of the list. */
const REST = /(\s{0,64})<\/process_info>(\s{0,64})(?:<process_info>|<\/processes>)/y;

/**
 * Where the name ends that the text begins with; undefined if more text has to come first.
 *
 * Whoever starts a process writes its name, and nvidia-smi prints it as it is, tags and all. So its end is the first
 * closing tag after which the rest of a process stands as nvidia-smi writes it: on lines that are indented as that of
 * the name is (`before` ends with its indentation), and followed by another process or the end of the list. Where
 * there is none in all the text (`isAll`), as no known driver writes it, it is the first closing tag; without any the
 * name is empty.
 *
 * A name that holds such lines, with line breaks, cannot be told from processes; what it makes up is a process, or a
 * GPU beyond those that are attached, which costs the document, but nothing that is said of a GPU.
 */
export function endOfName(text: string, before: string, isAll: boolean): number | undefined {
  const within = text.slice(0, LONGEST_NAME);
  const indent = /\s*$/.exec(before)?.[0] ?? '';
  for (let at = within.indexOf(CLOSE); at >= 0; at = within.indexOf(CLOSE, at + 1)) {
    if (isEnd(within, at + CLOSE.length, indent)) return at;
  }
  return isAll ? Math.max(0, within.indexOf(CLOSE)) : undefined;
}

/** Drivers print one sibling after the name. */
const MAX_SIBLINGS = 8;

function isEnd(text: string, from: number, indent: string): boolean {
  let at = from;
  for (let count = 0; count < MAX_SIBLINGS && text.startsWith(indent, at); count += 1) {
    SIBLING.lastIndex = at + indent.length;
    if (!SIBLING.test(text)) break;
    at = SIBLING.lastIndex;
  }
  REST.lastIndex = at;
  const [, ...indents] = REST.exec(text) ?? [];
  return indents.length > 0 && indents.every((outer) => isOutside(outer, indent));
}

/** Whether a line that is indented so may hold elements in which those of the other indentation stand. */
function isOutside(outer: string, indent: string): boolean {
  return indent === '' || (indent.startsWith(outer) && outer.includes('\n') === indent.includes('\n'));
}

/** A name as XML has it; an `&` stays, since nobody knows whether it was meant to begin an entity. */
export function shownName(name: string): string {
  return name.replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
