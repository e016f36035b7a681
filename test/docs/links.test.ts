import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { repository } from '../lab/unpack.ts';
import { markdownBlocks } from './markdown-blocks.ts';
import { pages } from './shell-blocks.ts';

/** A link to something in the project, by the page on which it stands. */
interface Link {
  readonly page: string;
  readonly to: string;
}

const PAGES = [...pages(), 'CONTRIBUTING.md', 'DESIGN.md', 'deploy/README.md'];

const LINKS = PAGES.flatMap((page): readonly Link[] =>
  [...proseOf(textOf(page)).matchAll(/\]\(([^)\s]+)\)/g)]
    .map(([, to = '']) => ({ page, to }))
    .filter(({ to }) => !/^[a-z]+:/.test(to)),
);

describe('each link of a page to something in the project', () => {
  it('is found', () => {
    expect(LINKS.length).toBeGreaterThan(40);
  });

  it('leads to a file that is there, and to a heading in it', () => {
    const broken = LINKS.filter((link) => !leadsSomewhere(link)).map(({ page, to }) => `${page}: ${to}`);
    expect(broken).toEqual([]);
  });
});

describe('pages for people', () => {
  it('name no file of the project that is not there', () => {
    const named = pages().flatMap((page) =>
      [...proseOf(textOf(page)).matchAll(/`((?:alerts|dashboards|deploy|docs|src|test)\/[\w./-]+)`/g)].map(
        ([, path = '']) => ({ page, path }),
      ),
    );
    expect(named.length).toBeGreaterThan(3);
    expect(named.filter(({ path }) => !existsSync(join(repository, path)))).toEqual([]);
  });
});

function textOf(page: string): string {
  return readFileSync(join(repository, page), 'utf8');
}

/** Without fenced blocks, in which brackets mean other things. */
function proseOf(markdown: string): string {
  return markdownBlocks(markdown).reduce((text, block) => text.replace(block.text, ''), markdown);
}

function leadsSomewhere({ page, to }: Link): boolean {
  const [path = '', anchor] = to.split('#');
  const file = path === '' ? join(repository, page) : join(repository, dirname(page), path);
  if (!existsSync(file)) return false;
  return anchor === undefined || anchorsOf(readFileSync(file, 'utf8')).has(anchor);
}

/** As GitHub makes them of headings. */
function anchorsOf(markdown: string): ReadonlySet<string> {
  const headings = [...proseOf(markdown).matchAll(/^#{1,6}\s+(.+)$/gm)].map(([, heading = '']) => heading);
  return new Set(
    headings.map((heading) =>
      heading
        .toLowerCase()
        .replaceAll(/[^\p{L}\p{N}_ -]/gu, '')
        .replaceAll(' ', '-'),
    ),
  );
}
