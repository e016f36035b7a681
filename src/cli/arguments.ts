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
      readonly webConfigFile: string | undefined;
      readonly only: Half | undefined;
      readonly logFormat: LogFormat | undefined;
    }
  | { readonly kind: 'check'; readonly file: string }
  | {
      readonly kind: 'units';
      /** Unit names and globs; empty stands for all services. */
      readonly patterns: readonly string[];
      /** Also those that are inactive. */
      readonly all: boolean;
      readonly json: boolean;
      readonly watch: boolean;
      /** A duration as it was given; it has not been looked at. */
      readonly interval: string | undefined;
    }
  | { readonly kind: 'help'; readonly topic: string | undefined }
  | { readonly kind: 'version' }
  | { readonly kind: 'usage'; readonly problem: string };

const OPTIONS = {
  config: { type: 'string', short: 'c' },
  'web.config.file': { type: 'string' },
  only: { type: 'string' },
  'log-format': { type: 'string' },
  all: { type: 'boolean', short: 'a' },
  json: { type: 'boolean' },
  watch: { type: 'boolean', short: 'w' },
  interval: { type: 'string' },
  help: { type: 'boolean', short: 'h' },
  version: { type: 'boolean', short: 'v' },
} as const;

interface Values {
  readonly config?: string;
  readonly 'web.config.file'?: string;
  readonly only?: string;
  readonly 'log-format'?: string;
  readonly all?: boolean;
  readonly json?: boolean;
  readonly watch?: boolean;
  readonly interval?: string;
}

interface CommandRow {
  readonly options: readonly (keyof Values)[];
  parse(values: Values, rest: readonly string[]): Command;
}

const COMMANDS = new Map<string, CommandRow>([
  ['serve', { options: ['config', 'web.config.file', 'only', 'log-format'], parse: serveCommand }],
  ['check', { options: [], parse: checkCommand }],
  ['units', { options: ['all', 'json', 'watch', 'interval'], parse: unitsCommand }],
]);

const NAMES = 'serve, check and units';

/** The command in a command line, without the program's own name. */
export function parseCommand(words: readonly string[]): Command {
  try {
    const { values, positionals } = parseArgs({ args: [...words], options: OPTIONS, allowPositionals: true });
    const [name, ...rest] = positionals;
    if (values.version) return { kind: 'version' };
    if (values.help || name === 'help') return { kind: 'help', topic: name === 'help' ? rest[0] : name };
    if (name === undefined) return usage(`expected a command; there are ${NAMES}`);
    const row = COMMANDS.get(name);
    if (row === undefined) return usage(`unknown command ${name}; there are ${NAMES}`);
    const stranger = Object.keys(values).find((given) => !row.options.some((option) => option === given));
    return stranger === undefined ? row.parse(values, rest) : usage(`${name} takes no --${stranger}`);
  } catch (thrown) {
    return usage(messageOf(thrown));
  }
}

function serveCommand(values: Values, rest: readonly string[]): Command {
  const { config, 'web.config.file': webConfigFile, only, 'log-format': logFormat } = values;
  if (rest.length > 0) return usage(`serve takes no ${rest[0]}; a configuration is given with --config FILE`);
  // Not "none": who meant to protect a listener must not get it open because a variable was empty.
  if (webConfigFile === '') return usage('--web.config.file: expected a file; got nothing');
  if (only !== undefined && only !== 'exporter' && only !== 'remediator') {
    return usage(`--only: expected exporter or remediator; got ${only}`);
  }
  if (logFormat !== undefined && logFormat !== 'json' && logFormat !== 'text') {
    return usage(`--log-format: expected json or text; got ${logFormat}`);
  }
  return { kind: 'serve', configFile: config, webConfigFile, only, logFormat };
}

function checkCommand(_values: Values, rest: readonly string[]): Command {
  const [file, ...more] = rest;
  if (file === undefined || more.length > 0) return usage('check takes one file: fettle check FILE');
  return { kind: 'check', file };
}

function unitsCommand(values: Values, patterns: readonly string[]): Command {
  const { all = false, json = false, watch = false, interval } = values;
  if (interval !== undefined && !watch) return usage('--interval goes with --watch');
  return { kind: 'units', patterns, all, json, watch, interval };
}

function usage(problem: string): Command {
  return { kind: 'usage', problem };
}
