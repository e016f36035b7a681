import { jsonSchema } from '../config/json-schema.ts';
import { EXIT } from './exit.ts';

/** Prints the JSON Schema of configurations, for editors; gives the exit code. */
export function printSchema(): number {
  process.stdout.write(`${JSON.stringify(jsonSchema(), undefined, 2)}\n`);
  return EXIT.ok;
}
