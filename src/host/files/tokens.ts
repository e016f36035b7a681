import { Failure } from '../../domain/errors.ts';
import { readTextFile } from './files.ts';

/** The text of a file of bearer tokens. Throws Failure `not-found` if there is no token in it. */
export async function readTokens(file: string): Promise<string> {
  const text = await readTextFile(file);
  if (text !== undefined && text.trim() !== '') return text;
  const mend = 'write a random one there, for example with: openssl rand -hex 32';
  throw new Failure('not-found', `remediator.token_file: there is no token in ${file}; ${mend}`);
}
