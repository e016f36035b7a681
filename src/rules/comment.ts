import { wrapped } from './wrapped.ts';

const WIDTH = 100;

/**
 * A plain text as lines of a YAML comment.
 *
 * Each line is wrapped as a paragraph of its own; one that begins with two spaces stays as it is, and one that begins
 * with a dash is an item of a list.
 */
export function commentLines(text: string): readonly string[] {
  return text
    .split('\n')
    .flatMap((line) => (line.startsWith('  ') ? [line] : wrapped(line, WIDTH, line.startsWith('- ') ? 2 : 0)))
    .map((line) => (line === '' ? '#' : `# ${line}`));
}
