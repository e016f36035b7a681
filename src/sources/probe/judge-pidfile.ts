import { ProbeFault } from '../../domain/probes/fault.ts';
import type { FileOwner } from '../../host/files/look-at.ts';
import type { PidFileLook } from '../../host/processes/pid-file.ts';
import { isNamed, type ProcessNames } from '../../host/processes/process-names.ts';
import { quoted } from './words.ts';

/** What has been seen of a pid file and its process. */
export interface PidfileSight {
  readonly look: PidFileLook;
  /** Whether the process is there after all, and may not be looked at. */
  readonly isHidden: boolean;
  readonly names: ProcessNames | undefined;
  readonly owner: FileOwner | undefined;
}

/**
 * Throws a ProbeFault if the process is not there, is another one, or cannot be judged. Nothing of what the file holds
 * is told.
 */
export function judgePidfile(path: string, name: string | undefined, sight: PidfileSight): void {
  const { look, isHidden, names } = sight;
  switch (look.kind) {
    case 'none':
      throw new ProbeFault('missing', `there is no ${path}; the daemon may not have been started`);
    case 'bad':
      throw badFile(look.problem);
    case 'dead':
      if (isHidden) throw new ProbeFault('unreadable', hiddenWords(path, look.pid));
      throw new ProbeFault('dead', `${path} names process ${look.pid}, which is not there`);
    case 'reused':
      throw new ProbeFault('reused', `${path} names process ${look.pid}, ${strangerWords(look.proof)}`);
    case 'alive':
      if (name !== undefined) judgeName(path, name, look.process.pid, names);
  }
}

function strangerWords(proof: string | undefined): string {
  if (proof !== undefined) return `which is another one: ${proof}`;
  return 'which was started after the file was written: it is another one, unless the clock was set forward since';
}

/** What the look at the file said was wrong: no access and no plain file on one side, rubbish on the other. */
function badFile(problem: string): ProbeFault {
  const isRubbish = /it is empty$|its first line is no pid$/.test(problem);
  return new ProbeFault(isRubbish ? 'content' : 'unreadable', problem);
}

function judgeName(path: string, name: string, pid: number, names: ProcessNames | undefined): void {
  if (names === undefined) {
    const why = 'procfs hides it (hidepid), or it has just ended';
    throw new ProbeFault('unreadable', `${path} names process ${pid}, whose name cannot be read: ${why}`);
  }
  if (isNamed(names, name)) return;
  const detail = `${path} names process ${pid}, which is ${quoted(names.comm)} and not ${quoted(name)}`;
  throw new ProbeFault('reused', detail);
}

/** Neither when it was started nor what it is called is known: any process may have that pid by now. */
function hiddenWords(path: string, pid: number): string {
  const mend = 'put fettle into the group that may see it (gid= of hidepid), or run it as one who may';
  return `${path} names process ${pid}, which procfs hides (hidepid), so it may be another one; ${mend}`;
}

/** What a person should know of the pid file. `ownUid` is fettle's. */
export function pidfileNotes(
  path: string,
  { names, owner }: Pick<PidfileSight, 'names' | 'owner'>,
  ownUid: number | undefined,
): readonly string[] {
  if (owner === undefined) return [];
  const trusted = [0, ownUid, names?.uid];
  const everybody = `Everybody may write ${path}, and so name any process; mend it with: chmod o-w ${path}`;
  const somebody = `${path} belongs to user ${owner.uid}, who is neither root nor the one that the process runs as.`;
  return [...(owner.worldWritable ? [everybody] : []), ...(trusted.includes(owner.uid) ? [] : [somebody])];
}
