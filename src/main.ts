#!/usr/bin/env node
import { createRequire } from 'node:module';
import { parseCommand } from './cli/arguments.ts';
import { describeConfig, readConfig, tokenNote } from './cli/check.ts';
import { helpText } from './cli/help.ts';
import { EXIT, serve } from './cli/serve.ts';
import { messageOf } from './domain/errors.ts';

/** The version of package.json, which lies beside the folder of this file. */
function ownVersion(): string {
  const packageFile: unknown = createRequire(import.meta.url)('../package.json');
  return String(Reflect.get(Object(packageFile), 'version'));
}

async function main(words: readonly string[]): Promise<number> {
  const command = parseCommand(words);
  switch (command.kind) {
    case 'serve':
      return await serve(command, ownVersion());
    case 'check':
      return await check(command.file);
    case 'help':
      process.stdout.write(helpText(command.topic));
      return EXIT.ok;
    case 'version':
      process.stdout.write(`fettle ${ownVersion()}\n`);
      return EXIT.ok;
    case 'usage':
      process.stderr.write(`fettle: ${command.problem}\nTry: fettle --help\n`);
      return EXIT.usage;
  }
}

async function check(file: string): Promise<number> {
  try {
    const read = await readConfig(file);
    if (read.ok) {
      process.stdout.write(
        `${file} is in order.\n${describeConfig(read.config)}${await tokenNote(read.config)}`,
      );
      return EXIT.ok;
    }
    process.stderr.write(`${read.problems.join('\n')}\n`);
  } catch (thrown) {
    process.stderr.write(`${messageOf(thrown)}\n`);
  }
  return EXIT.usage;
}

process.exitCode = await main(process.argv.slice(2));
// Nothing should keep the process; if something does, it does not get to.
setTimeout(() => process.exit(), 1000).unref();
