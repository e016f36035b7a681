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
  | { readonly kind: 'polkit'; readonly file: string; readonly user: string }
  | { readonly kind: 'schema' }
  | {
      readonly kind: 'rules';
      readonly configFile: string | undefined;
      /** Undefined: all of them; it has not been looked at. */
      readonly group: string | undefined;
    }
  | {
      readonly kind: 'pause';
      /** A duration as it was given; it has not been looked at. Undefined: until somebody resumes. */
      readonly lasts: string | undefined;
      readonly reason: string;
      readonly configFile: string | undefined;
    }
  | { readonly kind: 'resume'; readonly configFile: string | undefined }
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
  | {
      readonly kind: 'gpu';
      readonly configFile: string | undefined;
      readonly json: boolean;
      readonly watch: boolean;
      /** A duration as it was given; it has not been looked at. */
      readonly interval: string | undefined;
    }
  | {
      readonly kind: 'doctor';
      readonly configFile: string | undefined;
      readonly json: boolean;
      /** Only the inventory, by whom it is taken: what a fettle runs as its child. */
      readonly inventory: boolean;
    }
  | {
      readonly kind: 'probe';
      /** Undefined: those that there are. */
      readonly name: string | undefined;
      readonly configFile: string | undefined;
      readonly json: boolean;
    }
  | {
      readonly kind: 'logs';
      /** Unit names and globs, at least one; like all that follows they have not been looked at. */
      readonly units: readonly string[];
      readonly user: string | undefined;
      readonly since: string | undefined;
      readonly priority: string | undefined;
      readonly lines: string | undefined;
      readonly follow: boolean;
      readonly json: boolean;
    }
  | {
      readonly kind: 'audit';
      /** Undefined: that of the configuration. */
      readonly ledger: string | undefined;
      readonly configFile: string | undefined;
    }
  | {
      readonly kind: 'repairs';
      /** Undefined: that of the configuration. */
      readonly ledger: string | undefined;
      readonly configFile: string | undefined;
      /** Like all that follows it has not been looked at. */
      readonly unit: string | undefined;
      readonly policy: string | undefined;
      readonly limit: string | undefined;
      readonly json: boolean;
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
  inventory: { type: 'boolean' },
  for: { type: 'string' },
  reason: { type: 'string' },
  user: { type: 'string' },
  since: { type: 'string' },
  priority: { type: 'string', short: 'p' },
  lines: { type: 'string', short: 'n' },
  follow: { type: 'boolean', short: 'f' },
  unit: { type: 'string', short: 'u' },
  policy: { type: 'string' },
  limit: { type: 'string' },
  group: { type: 'string' },
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
  readonly inventory?: boolean;
  readonly for?: string;
  readonly reason?: string;
  readonly user?: string;
  readonly since?: string;
  readonly priority?: string;
  readonly lines?: string;
  readonly follow?: boolean;
  readonly unit?: string;
  readonly policy?: string;
  readonly limit?: string;
  readonly group?: string;
}

interface CommandRow {
  readonly options: readonly (keyof Values)[];
  parse(values: Values, rest: readonly string[]): Command;
}

const COMMANDS = new Map<string, CommandRow>([
  ['serve', { options: ['config', 'web.config.file', 'only', 'log-format'], parse: serveCommand }],
  ['check', { options: [], parse: checkCommand }],
  ['units', { options: ['all', 'json', 'watch', 'interval'], parse: unitsCommand }],
  ['gpu', { options: ['config', 'json', 'watch', 'interval'], parse: gpuCommand }],
  ['doctor', { options: ['config', 'json', 'inventory'], parse: doctorCommand }],
  ['probe', { options: ['config', 'json'], parse: probeCommand }],
  ['polkit', { options: ['user'], parse: polkitCommand }],
  ['schema', { options: [], parse: schemaCommand }],
  ['rules', { options: ['config', 'group'], parse: rulesCommand }],
  ['pause', { options: ['config', 'for', 'reason'], parse: pauseCommand }],
  ['resume', { options: ['config'], parse: resumeCommand }],
  ['logs', { options: ['user', 'since', 'priority', 'lines', 'follow', 'json'], parse: logsCommand }],
  ['audit', { options: ['config'], parse: auditCommand }],
  ['repairs', { options: ['config', 'unit', 'policy', 'limit', 'json'], parse: repairsCommand }],
]);

const NAMES = [...COMMANDS.keys()].join(', ').replace(/, (?=[^,]*$)/, ' and ');

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

/** A user as the kernel's tools take one; polkit knows it by its name. */
const USER_NAME = /^[A-Za-z_][A-Za-z0-9_.-]{0,31}\$?$/;

function polkitCommand({ user = 'fettle' }: Values, rest: readonly string[]): Command {
  const [file, ...more] = rest;
  if (file === undefined || more.length > 0) return usage('polkit takes one file: fettle polkit FILE');
  if (!USER_NAME.test(user)) return usage(`--user: expected the name of a user such as fettle; got ${user}`);
  return { kind: 'polkit', file, user };
}

function schemaCommand(_values: Values, rest: readonly string[]): Command {
  return rest.length > 0 ? usage(`schema takes no ${rest[0]}`) : { kind: 'schema' };
}

function rulesCommand({ config, group }: Values, rest: readonly string[]): Command {
  if (rest.length > 0) return usage(`rules takes no ${rest[0]}; one group is given with --group NAME`);
  return { kind: 'rules', configFile: config, group };
}

/** It is shown in one line, and stands in the ledger's refusals. */
const LONGEST_REASON = 500;

function pauseCommand({ for: lasts, reason = '', config }: Values, rest: readonly string[]): Command {
  if (rest.length > 0) return usage(`pause takes no ${rest[0]}; a reason of several words needs quotes`);
  if (reason.trim() === '')
    return usage('pause needs a reason: fettle pause --for 2h --reason "driver upgrade"');
  if (reason.length > LONGEST_REASON) return usage(`--reason: expected at most ${LONGEST_REASON} characters`);
  return { kind: 'pause', lasts, reason: reason.trim(), configFile: config };
}

function resumeCommand({ config }: Values, rest: readonly string[]): Command {
  return rest.length > 0 ? usage(`resume takes no ${rest[0]}`) : { kind: 'resume', configFile: config };
}

function unitsCommand(values: Values, patterns: readonly string[]): Command {
  const { all = false, json = false, watch = false, interval } = values;
  if (interval !== undefined && !watch) return usage(LONE_INTERVAL);
  return { kind: 'units', patterns, all, json, watch, interval };
}

function gpuCommand(values: Values, rest: readonly string[]): Command {
  const { config, json = false, watch = false, interval } = values;
  if (rest.length > 0) return usage(`gpu takes no ${rest[0]}; it shows all GPUs`);
  if (interval !== undefined && !watch) return usage(LONE_INTERVAL);
  return { kind: 'gpu', configFile: config, json, watch, interval };
}

function doctorCommand(values: Values, rest: readonly string[]): Command {
  const { config, json = false, inventory = false } = values;
  if (rest.length > 0)
    return usage(`doctor takes no ${rest[0]}; a configuration is given with --config FILE`);
  return { kind: 'doctor', configFile: config, json, inventory };
}

function probeCommand({ config, json = false }: Values, rest: readonly string[]): Command {
  const [name, ...more] = rest;
  if (more.length > 0) return usage('probe takes one name: fettle probe NAME');
  return { kind: 'probe', name, configFile: config, json };
}

function logsCommand(values: Values, units: readonly string[]): Command {
  const { user, since, priority, lines, follow = false, json = false } = values;
  if (units.length === 0) return usage('logs takes units: fettle logs UNIT...');
  return { kind: 'logs', units, user, since, priority, lines, follow, json };
}

function auditCommand({ config }: Values, rest: readonly string[]): Command {
  const [verb, ledger, ...more] = rest;
  if (verb !== 'verify') return usage('audit can verify: fettle audit verify [LEDGER]');
  if (more.length > 0) return usage('audit verify takes one ledger: fettle audit verify LEDGER');
  if (ledger !== undefined && config !== undefined) return usage(TWO_LEDGERS);
  return { kind: 'audit', ledger, configFile: config };
}

function repairsCommand(values: Values, rest: readonly string[]): Command {
  const { config, unit, policy, limit, json = false } = values;
  const [ledger, ...more] = rest;
  if (more.length > 0) return usage('repairs takes one ledger: fettle repairs LEDGER');
  if (ledger !== undefined && config !== undefined) return usage(TWO_LEDGERS);
  return { kind: 'repairs', ledger, configFile: config, unit, policy, limit, json };
}

const TWO_LEDGERS = 'expected a ledger or --config FILE, not both';

const LONE_INTERVAL = '--interval goes with --watch';

function usage(problem: string): Command {
  return { kind: 'usage', problem };
}
