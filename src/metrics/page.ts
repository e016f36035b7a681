import type { Family } from './family.ts';
import type { PageFormat } from './format.ts';
import { escapeLabel } from './lines.ts';

/** Parts are put together up to this size: below it, a write costs more than a copy. */
const PIECE_BYTES = 2048;

/** A page in pieces of UTF-8: every metric once, with its lines beneath it. */
export function renderPage(families: readonly Family[], format: PageFormat): readonly Uint8Array[] {
  const parts = families.flatMap((family) => [Buffer.from(headerOf(family, format)), ...family.lines]);
  return joined(format === 'openmetrics' ? [...parts, Buffer.from('# EOF\n')] : parts);
}

function joined(parts: readonly Uint8Array[]): readonly Uint8Array[] {
  const pieces: Uint8Array[] = [];
  let first = 0;
  let bytes = 0;
  for (const [index, part] of parts.entries()) {
    bytes += part.length;
    if (bytes < PIECE_BYTES && index < parts.length - 1) continue;
    const own = parts.slice(first, index + 1);
    pieces.push(own.length === 1 ? part : Buffer.concat(own, bytes));
    first = index + 1;
    bytes = 0;
  }
  return pieces;
}

/**
 * HELP and TYPE. OpenMetrics names a counter's family without its `_total`, and escapes quotes in a help.
 *
 * A counter without `_total` cannot be one there; as in Prometheus's Go client it becomes `unknown`, so that
 * the name of the series stays the same in both formats.
 */
function headerOf({ name, help, type }: Family, format: PageFormat): string {
  if (format === 'text') return `# HELP ${name} ${escapeHelp(help)}\n# TYPE ${name} ${type}\n`;
  const family = type === 'counter' ? name.replace(/_total$/, '') : name;
  const told = type === 'counter' && family === name ? 'unknown' : type;
  return `# HELP ${family} ${escapeLabel(help)}\n# TYPE ${family} ${told}\n`;
}

function escapeHelp(text: string): string {
  return text.replaceAll('\\', '\\\\').replaceAll('\n', '\\n');
}
