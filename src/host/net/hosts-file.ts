import { readFileSync, statSync } from 'node:fs';
import { isIP } from 'node:net';
import type { Address } from './resolver.ts';

const HOSTS = '/etc/hosts';

/** Looked at no more often. */
const FRESH_MS = 1000;

/** A file of so many bytes is no longer read while others wait; the C library reads it then. */
const MOST_BYTES = 256 * 1024;

/**
 * Gives the addresses of names that take no name server: those of `/etc/hosts`, and `localhost`.
 *
 * The file is local and small, so it is read at once, and anew when it has changed: none of Node's threads, which
 * questions for other names may keep, is needed.
 */
export function createHosts(
  elapsedMs: () => number,
  path: string = HOSTS,
): (host: string) => readonly Address[] | undefined {
  let known: ReadonlyMap<string, readonly Address[]> = new Map();
  let version = '';
  let lookedMs = Number.NEGATIVE_INFINITY;

  function look(): void {
    if (elapsedMs() - lookedMs < FRESH_MS) return;
    lookedMs = elapsedMs();
    try {
      const { size, mtimeMs, ino } = statSync(path);
      const now = `${size} ${mtimeMs} ${ino}`;
      if (now === version) return;
      known = size > MOST_BYTES ? new Map() : parseHosts(readFileSync(path, 'utf8'));
      version = now;
    } catch {
      known = new Map();
      version = '';
    }
  }

  return (host) => {
    look();
    const name = host.toLowerCase().replace(/\.$/, '');
    return known.get(name) ?? (isLocalhost(name) ? LOOPBACK : undefined);
  };
}

const LOOPBACK: readonly Address[] = [
  { address: '127.0.0.1', family: 4 },
  { address: '::1', family: 6 },
];

/** RFC 6761, 6.3: always this machine, and no name server is asked. */
function isLocalhost(name: string): boolean {
  return name === 'localhost' || name.endsWith('.localhost');
}

/** The addresses of each name, in the order of the lines; see hosts(5). */
export function parseHosts(text: string): ReadonlyMap<string, readonly Address[]> {
  const hosts = new Map<string, Address[]>();
  for (const line of text.split('\n')) {
    const [address = '', ...names] = (line.split('#', 1)[0] ?? '').trim().split(/\s+/);
    const family = isIP(address);
    if (family === 0) continue;
    for (const name of names) {
      const key = name.toLowerCase().replace(/\.$/, '');
      const others = hosts.get(key) ?? [];
      if (others.every((one) => one.address !== address)) others.push({ address, family });
      hosts.set(key, others);
    }
  }
  return hosts;
}
