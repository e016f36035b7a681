import { ProbeFault } from '../../domain/probes/fault.ts';
import type { FileOwner } from '../../host/look-at.ts';
import type { PidFileLook } from '../../host/pid-file.ts';
import type { ProcessNames } from '../../host/process-names.ts';
import { quoted } from './words.ts';

/** What has been seen of a pid file and its process. */
export interface PidfileSight {
  readonly look: PidFileLook;
  /** Whether the process is there after all, and may not be looked at. */
  readonly isHidden: boolean;
  readonly names: ProcessNames | undefined;
  readonly owner: FileOwner | undefined;
}

/** Longest name of a process that the kernel keeps, in bytes. */
const COMM_BYTES = 15;

/** Throws a ProbeFault if the process is not there, or is another one. Nothing of what the file holds is told. */
export function judgePidfile(path: string, name: string | undefined, sight: PidfileSight): void {
  const { look, isHidden, names } = sight;
  switch (look.kind) {
    case 'none':
      throw new ProbeFault('missing', `there is no ${path}; the daemon may not have been started`);
    case 'bad':
      throw badFile(look.problem);
    case 'dead':
      if (isHidden) return;
      throw new ProbeFault('dead', `${path} names process ${look.pid}, which is not there`);
    case 'reused':
      throw new ProbeFault(
        'reused',
        `${path} names process ${look.pid}, which was started after the file was written: it is another one, ` +
          'unless the clock was set forward since',
      );
    case 'alive':
      if (name !== undefined) judgeName(path, name, look.process.pid, names);
  }
}

/** What the look at the file said was wrong: no access and no plain file on one side, rubbish on the other. */
function badFile(problem: string): ProbeFault {
  const isRubbish = /it is empty$|its first line is no pid$/.test(problem);
  return new ProbeFault(isRubbish ? 'content' : 'unreadable', problem);
}

function judgeName(path: string, name: string, pid: number, names: ProcessNames | undefined): void {
  if (names === undefined) return;
  const short = Buffer.from(name).subarray(0, COMM_BYTES).toString('latin1');
  if (names.comm === short || names.programs.includes(Buffer.from(name).toString('latin1'))) return;
  const detail = `${path} names process ${pid}, which is ${quoted(names.comm)} and not ${quoted(name)}`;
  throw new ProbeFault('reused', detail);
}

/** What a person should know of the pid file. `ownUid` is fettle's. */
export function pidfileNotes(
  path: string,
  { isHidden, names, owner }: PidfileSight,
  ownUid: number | undefined,
): readonly string[] {
  const hidden = 'There is a process of that pid, but procfs hides it (hidepid): it may be another one.';
  return [...(isHidden ? [hidden] : []), ...ownerNotes(path, owner, [0, ownUid, names?.uid])];
}

function ownerNotes(
  path: string,
  owner: FileOwner | undefined,
  trusted: readonly (number | undefined)[],
): readonly string[] {
  if (owner === undefined) return [];
  const everybody = `Everybody may write ${path}, and so name any process; mend it with: chmod o-w ${path}`;
  const somebody = `${path} belongs to user ${owner.uid}, who is neither root nor the one that the process runs as.`;
  return [...(owner.worldWritable ? [everybody] : []), ...(trusted.includes(owner.uid) ? [] : [somebody])];
}
