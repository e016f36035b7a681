import type { JsonSchema } from '../../src/config/json-schema.ts';
import { type ConfigKey, type ConfigSection, configSections } from './config-keys.ts';
import { typeWords } from './config-type.ts';
import { codeCell, escapeCell } from './markdown-cell.ts';

const INTRODUCTION = `# Configuration

Every key of fettle's configuration file. Generated from its schema by \`npm run docs\`; do not edit.

The file is YAML 1.2, one document, usually \`/etc/fettle/fettle.yml\`. Everything in it is optional, but what is
needed within an entry that you write; an unknown key is an error, told with line and column. \`fettle check FILE\`
reads it without running anything, and says in words what policies may do. \`fettle schema\` prints the same schema for
editors, and a running fettle reads the file again on SIGHUP.

- A **duration** is written as Prometheus does: \`500ms\`, \`30s\`, \`5m\`, \`1h30m\`, \`1d\`, \`1w\`.
- A **size** is a number of bytes, or a number with \`KiB\`, \`MiB\`, \`GiB\` or \`TiB\`.
- **RE2** is the kind of regular expressions that Prometheus has; no text can make one of them hang.
- **Secrets** never stand in this file, only the names of files that hold them.
- \`[]\` in a path means each entry of a list; where the default is empty, nothing is assumed, or the last words say what.
`;

/** The text of docs/CONFIG.md. Examples are YAML, by the key of the document that they are about. */
export function configPage(schema: JsonSchema, examples: ReadonlyMap<string, string>): string {
  const [whole, ...sections] = configSections(schema);
  const head = whole === undefined ? [] : [keyTable(whole)];
  return [INTRODUCTION, ...head, ...sections.map((section) => sectionText(section, examples))].join('\n');
}

function sectionText(section: ConfigSection, examples: ReadonlyMap<string, string>): string {
  const { path, part } = section;
  const key = path.replace('[]', '');
  const isChapter = !key.includes('.');
  const example = isChapter ? examples.get(key) : undefined;
  return [
    `${isChapter ? '##' : '###'} ${codeCell(path)}\n`,
    ...(part.description === undefined ? [] : [`${escapeCell(part.description)}\n`]),
    ...(example === undefined ? [] : [`\`\`\`yaml\n${example.trimEnd()}\n\`\`\`\n`]),
    keyTable(section),
  ].join('\n');
}

function keyTable({ keys }: ConfigSection): string {
  const head = '| key | type | default | what it is for |\n|---|---|---|---|';
  return `${head}\n${keys.map(keyRow).join('\n')}\n`;
}

function keyRow({ name, part, isNeeded, keysIn, entry }: ConfigKey): string {
  const link = keysIn === undefined ? '' : ` Its keys: [${codeCell(keysIn)}](#${anchorOf(keysIn)}).`;
  const inEntry = entry.map(([key, { description = '' }]) => ` ${codeCell(key)}: ${escapeCell(description)}`);
  const purpose = `${escapeCell(part.description ?? '')}${link}${inEntry.join('')}`.trim();
  const usual = isNeeded ? neededWords(name) : defaultWords(part);
  return `| ${[codeCell(name), typeWords(part), usual, purpose].join(' | ')} |`;
}

/** A key below another one is needed only where that one is there. */
function neededWords(name: string): string {
  return name.includes('.') ? `needed in ${codeCell(name.slice(0, name.lastIndexOf('.')))}` : 'needed';
}

function defaultWords({ default: usual }: JsonSchema): string {
  if (usual === undefined || usual === null || JSON.stringify(usual) === '{}') return '';
  if (JSON.stringify(usual) === '[]') return 'none';
  return codeCell(typeof usual === 'string' ? usual : JSON.stringify(usual));
}

/** As GitHub makes them of headings: punctuation is dropped, but for - and _. */
function anchorOf(path: string): string {
  return path.toLowerCase().replaceAll(/[^a-z0-9_-]/g, '');
}
