#!/usr/bin/env -S MALLOC_ARENA_MAX=1 MALLOC_TRIM_THRESHOLD_=131072 node --max-semi-space-size=1
import { createRequire } from 'node:module';
import { parseCommand } from './cli/arguments.ts';
import { tuneEngine } from './cli/engine.ts';
import { EXIT } from './cli/exit.ts';
import { helpText } from './cli/help.ts';

/** The version of package.json, which lies beside the folder of this file. */
function ownVersion(): string {
  const packageFile: unknown = createRequire(import.meta.url)('../package.json');
  return String(Reflect.get(Object(packageFile), 'version'));
}

/** Runs a command, and loads no more code than that one needs: `units`, `gpu` and `check` are to answer at once. */
async function main(words: readonly string[]): Promise<number> {
  const command = parseCommand(words);
  switch (command.kind) {
    case 'serve':
      tuneEngine();
      return await (await import('./cli/serve.ts')).serve(command, ownVersion());
    case 'check':
      return await (await import('./cli/check.ts')).check(command.file);
    case 'polkit':
      return await (await import('./cli/polkit.ts')).polkit(command);
    case 'schema':
      return (await import('./cli/schema.ts')).printSchema();
    case 'rules':
      return await (await import('./cli/rules.ts')).rules(command);
    case 'pause':
      return await (await import('./cli/pause.ts')).pause(command);
    case 'resume':
      return await (await import('./cli/resume.ts')).resume(command);
    case 'units':
      return await (await import('./cli/units.ts')).units(command);
    case 'gpu':
      return await (await import('./cli/gpu.ts')).gpu(command);
    case 'doctor':
      return await (await import('./cli/doctor.ts')).doctor(command);
    case 'probe':
      return await (await import('./cli/probe.ts')).probe(command);
    case 'logs':
      return await (await import('./cli/logs.ts')).logs(command);
    case 'audit':
      return await (await import('./cli/audit.ts')).audit(command);
    case 'repairs':
      return await (await import('./cli/repairs.ts')).repairs(command);
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

/** Nobody reads on, as in `fettle units | head`: that is no failure. A full disk is one. */
function endWhenNobodyReads(thrown: NodeJS.ErrnoException): void {
  if (thrown.code === 'EPIPE') process.exit(EXIT.ok);
  process.stderr.write(`fettle: writing the output: ${thrown.message}\n`);
  process.exit(EXIT.failure);
}

process.stdout.on('error', endWhenNobodyReads);
process.exitCode = await main(process.argv.slice(2));
// Nothing should keep the process; if something does, it does not get to.
setTimeout(endAnyway, 1000).unref();

/** Work for Node's threads that may hang: files, and names that nobody resolves. */
const MAY_HANG = /^(FSReq|GetAddrInfoReq)/;

/** process.exit() waits for those threads, and one that hangs would keep it for ever. */
function endAnyway(): void {
  if (!process.getActiveResourcesInfo().some((kind) => MAY_HANG.test(kind))) process.exit();
  process.removeAllListeners('SIGTERM');
  process.kill(process.pid, 'SIGTERM');
}
