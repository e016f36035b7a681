import type { CommandSettings } from '../../domain/probes/command.ts';
import { ProbeFault } from '../../domain/probes/fault.ts';
import { type NagiosOutput, parseNagios } from './nagios.ts';
import { excerpt, type Scrub } from './scrub.ts';

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

/** Judges how a program has ended. `scrub` takes secrets out of what it said. */
export function judgeCommand(settings: CommandSettings, end: CommandEnd, scrub: Scrub): CommandVerdict {
  return settings.nagios ? judgePlugin(settings, end, scrub) : judgeExitCode(settings, end, scrub);
}

function judgeExitCode(
  { program, expectExitCodes }: CommandSettings,
  end: CommandEnd,
  scrub: Scrub,
): CommandVerdict {
  const { exitCode, stdout, stderr } = end;
  const isExpected = exitCode !== undefined && expectExitCodes.includes(exitCode);
  const said = saying(firstLine(stderr) || firstLine(stdout), scrub);
  const detail = `${program} ${endWords(end)} instead of ${expectExitCodes.join(' or ')}${said}`;
  return { values: new Map(), notes: [], fault: isExpected ? undefined : new ProbeFault('status', detail) };
}

const NAGIOS_STATES = ['OK', 'WARNING', 'CRITICAL', 'UNKNOWN'] as const;

function judgePlugin({ program }: CommandSettings, end: CommandEnd, scrub: Scrub): CommandVerdict {
  const { text, values } = parseNagios(end.stdout);
  const state = end.exitCode === undefined ? undefined : NAGIOS_STATES[end.exitCode];
  const said = saying(text || firstLine(end.stderr), scrub);
  const told = { values: openValues(values, scrub), notes: [] };
  if (state === 'OK') return { ...told, fault: undefined };
  if (state === 'WARNING')
    return { ...told, notes: [`${program} warns (exit code 1)${said}`], fault: undefined };
  const means = state === undefined ? ', which is no state of Nagios' : `, which is ${state}`;
  return { ...told, fault: new ProbeFault('status', `${program} ${endWords(end)}${means}${said}`) };
}

/** Without those whose names hold a secret. */
function openValues(values: NagiosOutput['values'], scrub: Scrub): ReadonlyMap<string, number> {
  return new Map([...values].filter(([name]) => scrub(name) === name));
}

function endWords({ exitCode }: CommandEnd): string {
  return exitCode === undefined ? 'was ended by a signal' : `ended with exit code ${exitCode}`;
}

function firstLine(text: string): string {
  return text.trim().split('\n', 1)[0]?.trim() ?? '';
}

function saying(text: string, scrub: Scrub): string {
  return text === '' ? '' : `; it said ${excerpt(text, scrub)}`;
}
