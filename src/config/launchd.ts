import * as z from 'zod';
import { isLaunchdDomain } from '../domain/launchd.ts';
import { duration } from './duration.ts';
import { absolutePath } from './path.ts';
import { pattern, type TextTest, wantedTest } from './pattern.ts';

const DOMAIN = 'expected a domain of launchd: system, gui/501 or user/501, with the number of a user';

/** Apple's own jobs, some 400 of them, and applications that were opened by hand. */
const UNWANTED_LABELS = 'com\\.apple\\..*|application\\..*';

/** launchd in the configuration. */
export const launchd = z.strictObject({
  /** Left out: on macOS. */
  enabled: z
    .boolean({ error: 'expected true or false' })
    .optional()
    .describe('Whether its jobs are read; left out: where there is one.'),
  path: absolutePath.default('/bin/launchctl').describe('Where launchctl is.'),
  domains: z
    .array(z.string({ error: DOMAIN }).refine(isLaunchdDomain, { error: DOMAIN }), {
      error: 'expected a list of domains, such as [system, gui/501]',
    })
    .default([])
    .describe('Such as system or gui/501; none: that of the own user.'),
  include: pattern.prefault('.+').describe('Which jobs, by their label: RE2 that it must match as a whole.'),
  exclude: pattern
    .prefault(UNWANTED_LABELS)
    .describe('Which are left out: RE2 that the label must match as a whole.'),
  interval: duration
    .refine((seconds) => seconds >= 1, { error: 'expected at least 1s' })
    .prefault('15s')
    .describe('How often they are read.'),
});

/** How launchd is read. */
export interface LaunchdConfig {
  /** Undefined: where there is one, which is on macOS. */
  readonly enabled: boolean | undefined;
  /** Of launchctl. */
  readonly path: string;
  /** None: that of the user that fettle runs as. */
  readonly domains: readonly string[];
  /** Whether a job is wanted, by its label. */
  readonly includesLabel: TextTest;
  readonly intervalMs: number;
}

/** What was written, in the program's own terms. */
export function launchdOf(written: z.output<typeof launchd>): LaunchdConfig {
  const { enabled, path, domains, include, exclude, interval } = written;
  const includesLabel = wantedTest(include, exclude);
  return { enabled, path, domains: [...new Set(domains)], includesLabel, intervalMs: interval * 1000 };
}
