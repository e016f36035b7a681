import { ProbeFault } from '../../domain/probes/fault.ts';
import type { HttpSettings } from '../../domain/probes/http.ts';
import type { ReadSecret } from '../../host/secret-file.ts';

/** Headers that are secret, and the secrets in them, which must not be told. */
export interface SecretHeaders {
  readonly headers: Readonly<Record<string, string>>;
  readonly secrets: readonly string[];
}

/** Reads secret headers from their files. Throws ProbeFault `unreadable`. */
export async function readSecretHeaders(
  { bearerTokenFile, headerFiles }: Pick<HttpSettings, 'bearerTokenFile' | 'headerFiles'>,
  readSecret: ReadSecret,
): Promise<SecretHeaders> {
  const headers: Record<string, string> = {};
  const secrets: string[] = [];
  if (bearerTokenFile !== undefined) {
    const token = await readLine(
      bearerTokenFile,
      /^[\x21-\x7e]+$/,
      'one bearer token and nothing else',
      readSecret,
    );
    headers['Authorization'] = `Bearer ${token}`;
    secrets.push(token);
  }
  for (const [name, file] of Object.entries(headerFiles)) {
    const value = await readLine(
      file,
      /^[\x20-\x7e]+$/,
      `the value of ${name} in one line of ASCII`,
      readSecret,
    );
    headers[name] = value;
    // Such as `Basic dXNlcjpwYXNz`: the last word alone would be told, too.
    secrets.push(value, ...value.split(' ').slice(1));
  }
  return { headers, secrets };
}

async function readLine(
  path: string,
  fits: RegExp,
  expected: string,
  readSecret: ReadSecret,
): Promise<string> {
  const line = (await readSecret(path)).trim();
  if (fits.test(line)) return line;
  throw new ProbeFault('unreadable', `${path}: expected ${expected}`);
}
