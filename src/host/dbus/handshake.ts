/** The client's side of the talk in lines of text that comes before the first message. */
export interface Handshake {
  /** All that there is to send; messages may follow once the server has agreed. */
  readonly opening: string;
  /**
   * Takes the first `length` bytes of a chunk. Once the server has agreed, gives how many of these belonged to the
   * talk: it may send messages right after. Throws if it refuses, or says something else.
   */
  push(chunk: Buffer, length: number): number | undefined;
}

/** Longest line that is waited for; the answers of servers are below 100 characters. */
const MAX_LINE = 1024;

/**
 * Logs in by the user id that the kernel tells the server: the way EXTERNAL, the one that dbus-daemon,
 * dbus-broker and systemd all offer. File descriptors are not asked for.
 *
 * BEGIN is sent along, as systemd's own clients do: a first message right behind it would be read together with
 * it by systemd at the other side, and lie there until there is a second one (systemd 252).
 *
 * Source: D-Bus specification, "Authentication Protocol".
 */
export function createHandshake(uid: number): Handshake {
  let line = '';
  return {
    opening: `\0AUTH EXTERNAL ${Buffer.from(String(uid)).toString('hex')}\r\nBEGIN\r\n`,
    push(chunk, length) {
      const before = line.length;
      line += chunk.toString('latin1', 0, length);
      const end = line.indexOf('\r\n');
      if (end === -1 && line.length <= MAX_LINE) return undefined;
      const answer = end === -1 ? line : line.slice(0, end);
      if (!/^OK [0-9a-f]*$/i.test(answer)) refuse(answer, uid);
      return end + 2 - before;
    },
  };
}

function refuse(answer: string, uid: number): never {
  const inWords = JSON.stringify(answer.slice(0, 80));
  if (answer.startsWith('REJECTED'))
    throw new Error(`it does not let the user with the id ${uid} in (${inWords})`);
  throw new Error(`it does not speak D-Bus: it answered ${inWords} to the log-in`);
}
