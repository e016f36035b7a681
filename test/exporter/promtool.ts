import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { findTools } from '../lab/tools.ts';

/** promtool's exit code for a page that it can read and objects to. */
const OBJECTS = 3;

/** What `promtool check metrics` objects to on a page. Throws if it cannot read the page. */
export async function promtoolObjections(page: string): Promise<readonly string[]> {
  const { promtool } = await findTools();
  const child = spawn(promtool, ['check', 'metrics'], { timeout: 20_000 });
  let said = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => {
      said += text;
    });
  }
  child.stdin.on('error', () => undefined); // it stops reading at the first thing that it cannot read
  child.stdin.end(page);
  const [code, signal] = await once(child, 'close');
  if (code !== 0 && code !== OBJECTS) throw new Error(`promtool ended with ${code ?? signal}: ${said}`);
  return said.trim() === '' ? [] : said.trim().split('\n').toSorted();
}
