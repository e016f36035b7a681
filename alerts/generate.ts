/** `npm run rules`: writes the rule files; with `--check` it tells whether they are what src/rules gives. */
import { ruleFiles } from '../src/rules/files.ts';
import { writeGenerated } from './write-generated.ts';

writeGenerated('alerts', ruleFiles(), 'npm run rules');
