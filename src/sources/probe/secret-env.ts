import type { CommandSettings } from '../../domain/probes/command.ts';
import { ProbeFault } from '../../domain/probes/fault.ts';
import type { ReadSecret } from '../../host/files/secret-file.ts';

/** Variables whose values are secret, from their files, without the new line at the end. Throws ProbeFault `unreadable`. */
export async function readSecretEnv(
  envFiles: CommandSettings['envFiles'],
  readSecret: ReadSecret,
): Promise<Readonly<Record<string, string>>> {
  const read = Object.entries(envFiles).map(async ([name, path]) => {
    const value = (await readSecret(path)).replace(/\r?\n$/, '');
    if (value === '')
      throw new ProbeFault('unreadable', `${path}: expected the value of ${name}, and it is empty`);
    // No program can be given such a text.
    if (value.includes('\0')) throw new ProbeFault('unreadable', `${path} holds the character 0`);
    return [name, value] as const;
  });
  return Object.fromEntries(await Promise.all(read));
}
