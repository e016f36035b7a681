import { readFileSync } from 'node:fs';
import { loadConfig } from '../../../src/config/load.ts';
import type { PolicySet } from '../../../src/domain/policy.ts';
import { type MarkdownBlock, markdownBlocks } from '../markdown-blocks.ts';
import { STORIES } from './stories.ts';
import { play, type Story, type Told } from './story.ts';

/** Where the policies are that people need. */
export const POLICIES_FILE = new URL('../../../docs/POLICIES.md', import.meta.url);

/** The page as it is. */
export function policiesFileText(): string {
  return readFileSync(POLICIES_FILE, 'utf8');
}

/** Its blocks that are whole configurations. */
export function configurationsIn(page: string): readonly MarkdownBlock[] {
  return markdownBlocks(page).filter(
    ({ language, text }) => language === 'yaml' && !text.startsWith('groups:'),
  );
}

/** Its blocks that are rule files. */
export function ruleFilesIn(page: string): readonly MarkdownBlock[] {
  return markdownBlocks(page).filter(
    ({ language, text }) => language === 'yaml' && text.startsWith('groups:'),
  );
}

/** The policies of the block in which the policy of a story stands; throws if there is none, or it is not in order. */
export function policiesFor({ policy }: Pick<Story, 'policy'>, page: string): PolicySet {
  for (const { text, line } of configurationsIn(page)) {
    const read = loadConfig(text);
    if (!read.ok) throw new Error(`POLICIES.md, the block of line ${line}: ${read.problems.join('\n')}`);
    const { policySet } = read.config.remediator;
    if (policySet.policies.some(({ name }) => name === policy)) return policySet;
  }
  throw new Error(`POLICIES.md has no policy ${policy}`);
}

/** Plays the story of a policy as it stands on the page. */
export async function playOn(page: string, story: Story): Promise<Told> {
  return await play(story, policiesFor(story, page));
}

/** The page with the transcripts that its policies lead to, each in the place of what stands there. */
export async function withTranscripts(page: string): Promise<string> {
  const transcripts: string[] = [];
  for (const story of STORIES) transcripts.push((await playOn(page, story)).transcript);
  const parts = page.split(/(?<=^```text\n)(?:.*\n)*?(?=^```$)/m);
  if (parts.length !== transcripts.length + 1) {
    throw new Error(
      `POLICIES.md has ${parts.length - 1} transcripts, where there are ${transcripts.length} stories`,
    );
  }
  return parts.map((part, index) => (index === 0 ? part : `${transcripts[index - 1]}\n${part}`)).join('');
}
