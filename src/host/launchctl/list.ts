/** One line of a list of jobs. */
export interface ListedJob {
  readonly label: string;
  readonly pid: number | undefined;
  /** Undefined unless it is a failure: launchctl may say 0 also of jobs that have never ended. */
  readonly lastExitCode: number | undefined;
  readonly lastSignal: number | undefined;
}

/**
 * Jobs from the section `services` of what `launchctl print DOMAIN` says: pid or 0, status, label. A status below 0 is
 * a signal. Undefined if there is no such section.
 */
export function parseServices(text: string): readonly ListedJob[] | undefined {
  const section = /^\tservices = \{\n([\s\S]*?)^\t\}/m.exec(text)?.[1];
  return section?.split('\n').flatMap((line) => {
    const [, pid = '', status = '', label = ''] =
      /^\t\t\s*(-|\d{1,10})\s+(\S+)\s+(\S.*?)\s*$/.exec(line) ?? [];
    return label === '' ? [] : [listed(label, pid, status)];
  });
}

function listed(label: string, pid: string, status: string): ListedJob {
  const code = /^-?\d{1,10}$/.test(status) ? Number(status) : undefined;
  return {
    label,
    pid: Number(pid) || undefined,
    lastExitCode: code !== undefined && code > 0 ? code : undefined,
    lastSignal: code !== undefined && code < 0 ? -code : undefined,
  };
}

/** Which jobs may start, from what `launchctl print-disabled DOMAIN` says; its words differ by version. */
export function parseDisabled(text: string): ReadonlyMap<string, boolean> {
  const enabled = new Map<string, boolean>();
  for (const [, label = '', word = ''] of text.matchAll(
    /^\t+"(.+)" => (disabled|enabled|true|false)\s*$/gm,
  )) {
    enabled.set(label, word === 'enabled' || word === 'false');
  }
  return enabled;
}
