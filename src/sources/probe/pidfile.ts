import { Failure } from '../../domain/errors.ts';
import { ProbeFault } from '../../domain/probes/fault.ts';
import type { PidfileSettings, StatusFileSettings } from '../../domain/probes/pidfile.ts';
import { ownerAt } from '../../host/files/look-at.ts';
import { readSmallFile, type SmallFile } from '../../host/files/small-file.ts';
import { lookAtPidFile, type PidFileLook } from '../../host/processes/pid-file.ts';
import { isHiddenProcess, readProcessNames } from '../../host/processes/process-names.ts';
import { createKernelQuestion } from '../../host/slow/kernel-question.ts';
import type { Ask } from './asking.ts';
import type { FileDeps } from './file.ts';
import { answerOf } from './file-answer.ts';
import { judgePidfile, type PidfileSight, pidfileNotes } from './judge-pidfile.ts';
import { judgeStatusFile } from './judge-status-file.ts';

/** What probes of pid files are given. */
export interface PidfileDeps extends FileDeps {
  /** Where procfs is mounted. */
  readonly procfs: string;
  /** Number of the user that fettle runs as. */
  readonly ownUid?: number | undefined;
}

const LARGEST_STATUS = 64 * 1024;

/** Asks whether the process of a pid file is there, is the same one, and what its status file says. */
export function askPidfile(settings: PidfileSettings, deps: PidfileDeps): Ask {
  const { path, name, statusFile } = settings;
  const { placesOf, procfs, ownUid } = deps;
  const look = createKernelQuestion(path, () => sightOf(path, procfs));
  const judgeStatus = statusFile && askStatusFile(statusFile, deps);

  return async (signal, found) => {
    const sight = await answerOf(look(placesOf(path), signal), path, found);
    found.notes.push(...pidfileNotes(path, sight, ownUid));
    judgePidfile(path, name, sight);
    await judgeStatus?.(signal, found);
  };
}

async function sightOf(path: string, procfs: string): Promise<PidfileSight> {
  const look = await lookAtPidFile({ path, procfs });
  const pid = pidOf(look);
  const names = pid === undefined ? undefined : readProcessNames(procfs, pid);
  // Signals go by the pids of fettle's own namespace, as only its own procfs does.
  const mayBeHidden = look.kind === 'dead' && names === undefined && procfs === '/proc';
  const isHidden = mayBeHidden && isHiddenProcess(look.pid);
  return { look, isHidden, names, owner: await ownerAt(path) };
}

function pidOf(look: PidFileLook): number | undefined {
  if (look.kind === 'alive') return look.process.pid;
  return look.kind === 'dead' || look.kind === 'reused' ? look.pid : undefined;
}

/** What came of reading a status file. */
type StatusRead = { readonly file: SmallFile } | { readonly problem: string } | 'missing';

function askStatusFile(settings: StatusFileSettings, { placesOf, nowSeconds }: FileDeps): Ask {
  const { path } = settings;
  const read = createKernelQuestion(path, () => readStatus(path));

  return async (signal, found) => {
    const status = await answerOf(read(placesOf(path), signal), path, found);
    if (status === 'missing') throw new ProbeFault('missing', `there is no ${path}`);
    if ('problem' in status) throw new ProbeFault('unreadable', status.problem);
    const { bytes, modifiedSeconds } = status.file;
    found.modifiedSeconds = modifiedSeconds;
    found.sizeBytes = bytes.length;
    judgeStatusFile(settings, { text: bytes.toString('utf8'), modifiedSeconds }, nowSeconds(), found);
  };
}

async function readStatus(path: string): Promise<StatusRead> {
  try {
    const file = await readSmallFile(path, LARGEST_STATUS);
    return file === undefined ? 'missing' : { file };
  } catch (thrown) {
    if (thrown instanceof Failure) return { problem: thrown.message };
    throw thrown;
  }
}
