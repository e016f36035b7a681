import { fail, ok, type Verdict } from '../../domain/finding.ts';

/** The oldest Node.js that fettle runs on, as package.json says it. */
const OLDEST = { major: 20, minor: 19 } as const;

/** Whether this Node.js, as in `v20.19.1`, is new enough. */
export function nodeVerdict(version: string): Verdict {
  const [major = 0, minor = 0] = version.replace(/^v/, '').split('.').map(Number);
  const isOld = major < OLDEST.major || (major === OLDEST.major && minor < OLDEST.minor);
  if (!isOld) return ok(`Node.js ${version}`);
  return fail(
    `Node.js ${version} is too old`,
    `Install Node.js ${OLDEST.major}.${OLDEST.minor} or later (https://nodejs.org/en/download)`,
  );
}
