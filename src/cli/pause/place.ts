import { Failure, messageOf } from '../../domain/errors.ts';
import { fileAccess } from '../../host/files/file-access.ts';
import { lookAt, ownerAt } from '../../host/files/look-at.ts';
import { pausePath } from '../../host/pause-file.ts';
import { readUserNames } from '../../host/processes/user-names.ts';
import { readConfig } from '../check.ts';
import { EXIT } from '../exit.ts';
import { stateFolder } from '../state-folder.ts';
import { tell, tellProblems } from '../terminal.ts';

/** Where the pause is kept: beside the ledger of the remediator that is meant. */
export interface PausePlace {
  readonly path: string;
  readonly ledger: string;
  /** Somebody has said where it is: by `--config`, or by STATE_DIRECTORY. */
  readonly isChosen: boolean;
}

/** Where deploy/README.md has it. */
const USUAL_CONFIG = '/etc/fettle/fettle.yml';

/**
 * Where the pause is, by a configuration: the one that is given, or else the usual one, if there is one. Undefined if
 * a given one is not in order, which has been told then.
 */
export async function placeOfPause(configFile: string | undefined): Promise<PausePlace | undefined> {
  const isChosen = configFile !== undefined || (process.env['STATE_DIRECTORY'] ?? '') !== '';
  if (configFile === undefined && !(await isThere(USUAL_CONFIG))) return placeBeside(undefined, isChosen);
  try {
    const read = await readConfig(configFile ?? USUAL_CONFIG);
    if (read.ok) return placeBeside(read.config.remediator.ledger, isChosen);
    tellProblems(read.problems);
  } catch (thrown) {
    tellProblems([messageOf(thrown)]);
  }
  // Whoever needs a pause now needs no lesson about the configuration.
  return configFile === undefined ? placeBeside(undefined, isChosen) : undefined;
}

function placeBeside(ledger: string = `${stateFolder()}/ledger.jsonl`, isChosen: boolean): PausePlace {
  return { path: pausePath(ledger), ledger, isChosen };
}

async function isThere(path: string): Promise<boolean> {
  const look = await lookAt(path).catch(() => undefined);
  return look?.kind !== 'missing';
}

/** Tells why a pause could not be changed, and who may do it; gives the exit code. */
export async function tellFailure(command: string, path: string, thrown: unknown): Promise<number> {
  const isRefused = thrown instanceof Failure && thrown.code === 'refused';
  const advice = isRefused ? `; ${await whoMay(command, path)}` : '';
  tell(`nothing has changed: ${messageOf(thrown)}${advice}`);
  return EXIT.failure;
}

/** Who may do what a command does with a file that this user may not reach: root, or whose folder it is in. */
export async function whoMay(command: string, path: string): Promise<string> {
  const { folder } = await fileAccess(path);
  const owner = await ownerAt(folder);
  const names = await readUserNames().catch(() => new Map<number, string>());
  const name = owner === undefined ? undefined : (names.get(owner.uid) ?? `#${owner.uid}`);
  if (name === undefined || name === 'root') return `run it as root: sudo fettle ${command} ...`;
  return `run it as ${name}, whose folder ${folder} is, or as root: sudo -u ${name} fettle ${command} ...`;
}
