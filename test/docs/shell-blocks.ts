import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { repository } from '../lab/unpack.ts';
import { markdownBlocks } from './markdown-blocks.ts';

/** Where a block is run: in a scratch folder, or in a private systemd, with the blocks before it of the same page. */
export const PLACES = ['scratch', 'lab'] as const;

/** One of them. */
export type Place = (typeof PLACES)[number];

/** What the comment right before a block says of it. */
export type Plan =
  | { readonly kind: 'run'; readonly place: Place }
  | { readonly kind: 'not run'; readonly reason: string }
  | { readonly kind: 'unplanned'; readonly note: string | undefined };

/** A block of shell commands on a page for people. */
export interface ShellBlock {
  /** Below the checkout, such as `docs/OPERATIONS.md`. */
  readonly page: string;
  readonly line: number;
  readonly text: string;
  readonly plan: Plan;
}

/** What else people take for a shell's; such a block would be checked by nobody. */
const OTHER_SHELLS = ['bash', 'shell', 'console', 'zsh', 'shell-session', 'terminal'];

/** README.md and the pages of docs/, below the checkout. */
export function pages(): readonly string[] {
  const docs = readdirSync(join(repository, 'docs')).filter((name) => name.endsWith('.md'));
  return ['README.md', ...docs.map((name) => `docs/${name}`)];
}

/** All blocks of shell commands on these pages. */
export function shellBlocks(): readonly ShellBlock[] {
  return pages().flatMap((page) => shellBlocksOf(page, readFileSync(join(repository, page), 'utf8')));
}

/** Those of one page. Throws for one that is marked with another name of a shell than `sh`. */
export function shellBlocksOf(page: string, markdown: string): readonly ShellBlock[] {
  return markdownBlocks(markdown).flatMap(({ language, text, line, note }) => {
    if (OTHER_SHELLS.includes(language)) {
      throw new Error(`${page}:${line}: expected a block of shell commands to be marked sh, not ${language}`);
    }
    return language === 'sh' ? [{ page, line, text, plan: planOf(note) }] : [];
  });
}

function planOf(note: string | undefined): Plan {
  const [, reason] = /^not run: (.+)$/.exec(note ?? '') ?? [];
  if (reason !== undefined) return { kind: 'not run', reason };
  const place = PLACES.find((one) => note === `run: ${one}`);
  return place === undefined ? { kind: 'unplanned', note } : { kind: 'run', place };
}
