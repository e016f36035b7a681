import { createHmac, randomBytes } from 'node:crypto';
import { createBoundedQueue } from './bounded-queue.ts';
import type { Credentials } from './credentials.ts';
import { createVerdicts } from './verdicts.ts';

/** Compares a password with a bcrypt hash, off the event loop. */
export type ComparePassword = (password: Buffer, hash: string) => Promise<boolean>;

/** User name to bcrypt hash. */
export type Users = ReadonlyMap<string, string>;

/**
 * Whether these are the name and password of one of the users.
 *
 * At once where it is known already, else after a comparison; `busy` if too many comparisons are waiting.
 */
export type UserCheck = (users: Users, credentials: Credentials) => boolean | Promise<boolean> | 'busy';

/**
 * bcrypt runs on Node's thread pool, whose four threads also read files and pack pages: two are left to those.
 * A comparison takes about 50 ms at cost 10, and twice as long with each further step.
 */
const QUEUE = { running: 2, waiting: 16 };

const REMEMBERED = 1000;

/** A check that compares each password once, and remembers what came out. */
export function createUserCheck(compare: ComparePassword): UserCheck {
  const verdicts = createVerdicts(REMEMBERED);
  const underWay = new Map<string, Promise<boolean>>();
  const queue = createBoundedQueue(QUEUE);
  // With a key of this process nobody can try passwords on a digest alone.
  const digestKey = randomBytes(32);

  function digestOf({ user, password }: Credentials, hash: string): string {
    const parts = JSON.stringify([user, hash, password.toString('base64')]);
    return createHmac('sha256', digestKey).update(parts).digest('base64');
  }

  return (users, credentials) => {
    const known = users.get(credentials.user);
    const hash = known ?? hashOfNobody(users);
    const digest = digestOf(credentials, hash);
    const remembered = verdicts.get(digest) ?? underWay.get(digest);
    if (remembered !== undefined) return remembered;
    const comparison = queue(async () => {
      const passed = (await compare(credentials.password, hash)) && known !== undefined;
      verdicts.set(digest, passed);
      return passed;
    });
    if (comparison === undefined) return 'busy';
    const tracked = comparison.finally(() => underWay.delete(digest));
    underWay.set(digest, tracked);
    return tracked;
  };
}

/** A hash that costs as much as that of the dearest user, so that the time does not tell which names there are. */
function hashOfNobody(users: Users): string {
  const costs = [...users.values()].map((hash) => hash.slice(4, 6)).sort();
  return `$2b$${costs.at(-1) ?? '10'}$${'.'.repeat(53)}`;
}
