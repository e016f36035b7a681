import { LAUNCHD_STATES, type LaunchdJob } from '../../domain/launchd.ts';

/**
 * A job from what `launchctl print DOMAIN/LABEL` says; undefined if that is no job.
 *
 * Its manual says that the output is not meant for programs, so only plain `key = value` lines at exactly one tab are
 * believed: the sections of coalitions within have a `state` of their own. A key that comes twice counts once, the
 * first time. What is not understood is not known.
 */
export function parsePrint(domain: string, label: string, text: string): LaunchdJob | undefined {
  if (!/^\S.* = \{[ \t]*$/m.test(text.slice(0, 4096))) return undefined;
  const values = plainValues(text);
  const exit = values.get('last exit code');
  return {
    domain,
    label,
    state: stateOf(values.get('state')),
    jobState: values.get('job state'),
    pid: positive(values.get('pid')),
    runs: count(values.get('runs')),
    lastExitCode: count(/^(\d+)(?::|$)/.exec(exit ?? '')?.[1]),
    lastSignal: signalOf(values.get('last terminating signal')),
    program: values.get('program') ?? values.get('program identifier'),
    plist: plistOf(values.get('path')),
    isOnDemand: isOnDemand(values, text),
  };
}

/**
 * Whether something starts the job, and nothing keeps it alive: an interval, or what its sections of triggers (calendar
 * intervals, paths), Mach services and sockets hold. `semaphores` are the conditions of a `KeepAlive`.
 */
function isOnDemand(values: ReadonlyMap<string, string>, text: string): boolean {
  const holds = (section: string) => new RegExp(`^\\t${section} = \\{[ \\t]*\\n\\t\\t`, 'm').test(text);
  const isKept = /\bkeepalive\b/.test(values.get('properties') ?? '') || holds('semaphores');
  return !isKept && (values.has('run interval') || ['event triggers', 'endpoints', 'sockets'].some(holds));
}

function plainValues(text: string): ReadonlyMap<string, string> {
  const values = new Map<string, string>();
  for (const [, key = '', value = ''] of text.matchAll(/^\t([a-zA-Z][a-zA-Z ()_-]*?) = (.*)$/gm)) {
    const trimmed = value.trim();
    if (trimmed !== '{' && !values.has(key)) values.set(key, trimmed);
  }
  return values;
}

function stateOf(text: string | undefined): LaunchdJob['state'] {
  return text === undefined ? undefined : (LAUNCHD_STATES.find((state) => state === text) ?? 'other');
}

/** A signal as in `Killed: 9`. */
function signalOf(text: string | undefined): number | undefined {
  return positive(/^[A-Za-z0-9 ]+: (\d{1,3})$/.exec(text ?? '')?.[1]);
}

/** Jobs that another program has handed in have words in parentheses there. */
function plistOf(path: string | undefined): string | undefined {
  return path?.startsWith('/') ? path : undefined;
}

function count(text: string | undefined): number | undefined {
  return text !== undefined && /^\d{1,15}$/.test(text) ? Number(text) : undefined;
}

function positive(text: string | undefined): number | undefined {
  return count(text) || undefined;
}
