import type { CommandSettings } from '../../domain/probes/command.ts';
import { ProbeFault } from '../../domain/probes/fault.ts';
import { type NagiosOutput, nagiosName, parseNagios } from './nagios.ts';
import { answerWords } from './words.ts';

/** How a program has ended by itself. */
export interface CommandEnd {
  /** Undefined if a signal ended it. */
  readonly exitCode: number | undefined;
  readonly stdout: string;
  /** The beginning. */
  readonly stderr: string;
}

/** What a program's end means, if not a ProbeFault. */
export interface CommandVerdict {
  readonly values: ReadonlyMap<string, number>;
  readonly notes: readonly string[];
  readonly fault: ProbeFault | undefined;
}

/** Judges how a program has ended. Of one that was given secrets, nothing that it said is told but numbers. */
export function judgeCommand(
  settings: CommandSettings,
  end: CommandEnd,
  secrets: readonly string[],
): CommandVerdict {
  return settings.nagios ? judgePlugin(settings, end, secrets) : judgeExitCode(settings, end, secrets);
}

function judgeExitCode(
  { program, expectExitCodes }: CommandSettings,
  end: CommandEnd,
  secrets: readonly string[],
): CommandVerdict {
  const { exitCode, stdout, stderr } = end;
  const isExpected = exitCode !== undefined && expectExitCodes.includes(exitCode);
  const said = saying(firstLine(stderr) || firstLine(stdout), secrets);
  const detail = `${program} ${endWords(end)} instead of ${expectExitCodes.join(' or ')}${said}`;
  return { values: new Map(), notes: [], fault: isExpected ? undefined : new ProbeFault('status', detail) };
}

const NAGIOS_STATES = ['OK', 'WARNING', 'CRITICAL', 'UNKNOWN'] as const;

function judgePlugin(
  { program }: CommandSettings,
  end: CommandEnd,
  secrets: readonly string[],
): CommandVerdict {
  const { text, values } = parseNagios(end.stdout);
  const state = end.exitCode === undefined ? undefined : NAGIOS_STATES[end.exitCode];
  const said = saying(text || firstLine(end.stderr), secrets);
  const open = openValues(values, secrets);
  const notes = open.size < values.size ? ['Numbers with a secret in their names were left out.'] : [];
  const told = { values: open, notes };
  if (state === 'OK') return { ...told, fault: undefined };
  if (state === 'WARNING')
    return { ...told, notes: [`${program} warns (exit code 1)${said}`, ...notes], fault: undefined };
  const means = state === undefined ? ', which is no state of Nagios' : `, which is ${state}`;
  return { ...told, fault: new ProbeFault('status', `${program} ${endWords(end)}${means}${said}`) };
}

/** Without those whose names hold a secret, or a line of one, as names have it: in any case of letters. */
function openValues(values: NagiosOutput['values'], secrets: readonly string[]): ReadonlyMap<string, number> {
  const parts = secrets
    .flatMap((secret) => secret.split(/\r?\n/))
    .map((part) => nagiosName(part).toLowerCase())
    .filter((part) => part !== '');
  const isOpen = (name: string) => !parts.some((part) => name.toLowerCase().includes(part));
  return new Map([...values].filter(([name]) => isOpen(name)));
}

function endWords({ exitCode }: CommandEnd): string {
  return exitCode === undefined ? 'was ended by a signal' : `ended with exit code ${exitCode}`;
}

function firstLine(text: string): string {
  return text.trim().split('\n', 1)[0]?.trim() ?? '';
}

function saying(text: string, secrets: readonly string[]): string {
  if (text === '') return '';
  return `; ${secrets.length > 0 ? 'what it said is ' : 'it said '}${answerWords(text, secrets.length > 0)}`;
}
