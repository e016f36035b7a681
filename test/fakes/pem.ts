import { readFileSync } from 'node:fs';

/** The text of a key or certificate of test/fakes/tls, such as `server.crt`. */
export function pem(name: string): string {
  return readFileSync(new URL(`tls/${name}`, import.meta.url), 'utf8');
}
