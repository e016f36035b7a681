import { parseArgs } from 'node:util';
import { messageOf } from '../domain/errors.ts';
import type { LogFormat } from './log.ts';

/** A half of fettle. */
export type Half = 'exporter' | 'remediator';

/** What the command line asks for. */
export type Command =
  | {
      readonly kind: 'serve';
      readonly configFile: string | undefined;
      readonly only: Half | undefined;
      readonly logFormat: LogFormat | undefined;
    }
  | { readonly kind: 'check'; readonly file: string }
  | { readonly kind: 'help'; readonly topic: string | undefined }
  | { readonly kind: 'version' }
  | { readonly kind: 'usage'; readonly problem: string };

const OPTIONS = {
  config: { type: 'string', short: 'c' },
  only: { type: 'string' },
  'log-format': { type: 'string' },
  help: { type: 'boolean', short: 'h' },
  version: { type: 'boolean', short: 'v' },
} as const;

/** The command in a command line, without the program's own name. */
export function parseCommand(words: readonly string[]): Command {
  try {
    const { values, positionals } = parseArgs({ args: [...words], options: OPTIONS, allowPositionals: true });
    const [name, ...rest] = positionals;
    if (values.version) return { kind: 'version' };
    if (values.help || name === 'help') return { kind: 'help', topic: name === 'help' ? rest[0] : name };
    switch (name) {
      case 'serve':
        return serveCommand(values, rest);
      case 'check':
        return checkCommand(values, rest);
      case undefined:
        return usage('expected a command: serve or check');
      default:
        return usage(`unknown command ${name}; there are serve and check`);
    }
  } catch (thrown) {
    return usage(messageOf(thrown));
  }
}

interface Values {
  readonly config?: string;
  readonly only?: string;
  readonly 'log-format'?: string;
}

function serveCommand({ config, only, 'log-format': logFormat }: Values, rest: readonly string[]): Command {
  if (rest.length > 0) return usage(`serve takes no ${rest[0]}; a configuration is given with --config FILE`);
  if (only !== undefined && only !== 'exporter' && only !== 'remediator') {
    return usage(`--only: expected exporter or remediator; got ${only}`);
  }
  if (logFormat !== undefined && logFormat !== 'json' && logFormat !== 'text') {
    return usage(`--log-format: expected json or text; got ${logFormat}`);
  }
  return { kind: 'serve', configFile: config, only, logFormat };
}

function checkCommand(values: Values, rest: readonly string[]): Command {
  const [file, ...more] = rest;
  if (file === undefined || more.length > 0) return usage('check takes one file: fettle check FILE');
  const given = Object.keys(values);
  return given.length > 0 ? usage(`check takes no --${given[0]}`) : { kind: 'check', file };
}

function usage(problem: string): Command {
  return { kind: 'usage', problem };
}
