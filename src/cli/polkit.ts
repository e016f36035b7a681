import { messageOf } from '../domain/errors.ts';
import { polkitRule } from '../policy/polkit-rule.ts';
import { readConfig } from './check.ts';
import { EXIT } from './exit.ts';
import { tellProblems } from './terminal.ts';

/** Prints the polkit rule that a configuration needs, for a user; gives the exit code. */
export async function polkit({
  file,
  user,
}: {
  readonly file: string;
  readonly user: string;
}): Promise<number> {
  try {
    const read = await readConfig(file);
    if (read.ok) {
      process.stdout.write(polkitRule(read.config.remediator.policySet.policies, { user, file }));
      return EXIT.ok;
    }
    tellProblems(read.problems);
  } catch (thrown) {
    tellProblems([messageOf(thrown)]);
  }
  return EXIT.usage;
}
