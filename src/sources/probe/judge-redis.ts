import type { ProbeFailureReason } from '../../domain/probe.ts';
import { ProbeFault } from '../../domain/probes/fault.ts';
import type { RedisSettings } from '../../domain/probes/redis.ts';
import type { RedisInfo } from './redis-info.ts';

type Meaning = readonly [reason: ProbeFailureReason, words: string];

/** The first words of Redis' errors, and what they mean. Nothing else of an error is told: it may hold the password. */
const MEANINGS: ReadonlyMap<string, Meaning> = new Map([
  ['NOAUTH', ['authentication', 'it wants a password; name the file that holds it with password_file']],
  ['WRONGPASS', ['authentication', 'the user or the password is wrong, or the user is off']],
  ['NOPERM', ['authentication', 'the user may not do this; see ACL SETUSER']],
  ['LOADING', ['loading', 'it still loads its data from disk']],
  [
    'MISCONF',
    [
      'misconfigured',
      'it cannot save its data to disk, and so takes no writes; see its log and the free space',
    ],
  ],
  ['DENIED', ['misconfigured', 'it is in protected mode: it has no password and listens to others']],
  ['MASTERDOWN', ['content', 'it is a replica without its master, and does not serve old data']],
  ['READONLY', ['content', 'it is a replica that only reads']],
  ['BUSY', ['content', 'a script has held it up for long; see SCRIPT KILL']],
  ['NOREPLICAS', ['content', 'it has too few replicas to take writes']],
  ['OOM', ['content', 'it has used all of the memory that it may use']],
  ['CLUSTERDOWN', ['content', 'its cluster is down']],
  ['NOPROTO', ['protocol', 'it does not speak RESP 2']],
]);

/** What is meant by an error that begins with `ERR`, as most do. */
const ERRORS: readonly (readonly [start: RegExp, meaning: Meaning])[] = [
  [/^ERR max number of clients/, ['content', 'it has as many clients as it may have (maxclients)']],
  [
    /^ERR (?:AUTH|Client sent AUTH)/,
    ['authentication', 'it has no password for this user, and takes none; leave out password_file'],
  ],
  [/^ERR invalid password/, ['authentication', 'the password is wrong']],
  [/^ERR DB index/, ['content', 'there is no such database']],
  [/^ERR unknown command/, ['content', 'it does not know this command, which may have been renamed']],
];

/** The fault that an error of Redis stands for. `asked` is the command's name. */
export function errorFault(where: string, asked: string, error: string): ProbeFault {
  const code = /^[A-Z]+(?= |$)/.exec(error)?.[0] ?? '';
  const [reason, words] = MEANINGS.get(code) ??
    ERRORS.find(([start]) => start.test(error))?.[1] ?? ['content', 'an error that fettle does not know'];
  const named = MEANINGS.has(code) ? `-${code}: ` : '';
  return new ProbeFault(reason, `${where} answered ${asked} with ${named}${words}`);
}

/** Throws a ProbeFault if Redis is not in the role that it should be in. */
export function judgeRole(where: string, role: RedisSettings['role'], info: RedisInfo): void {
  if (role === undefined) return;
  const is = info.get('role') === 'slave' ? 'replica' : info.get('role');
  if (is !== role) {
    const known = is === 'master' || is === 'replica' ? `a ${is}` : 'in no role that is known';
    throw new ProbeFault('content', `${where} is ${known}; expected a ${role}`);
  }
  if (role === 'replica' && info.get('master_link_status') !== 'up') {
    throw new ProbeFault('content', `${where} is a replica whose link to its master is not up`);
  }
}
