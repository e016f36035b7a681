import { GROUPS } from './groups.ts';
import { rulesText } from './write.ts';

const GENERATED =
  'Generated from src/rules by `npm run rules`; do not edit. To set other thresholds: fettle rules --help.';

/** The text of every committed rule file, by its name in the folder `alerts`: one group a file. */
export function ruleFiles(): ReadonlyMap<string, string> {
  return new Map(
    GROUPS.map((group) => [
      `${group.name}.rules.yml`,
      rulesText([{ ...group, comment: `${group.comment}\n\n${GENERATED}` }]),
    ]),
  );
}
