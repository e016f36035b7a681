import { ProbeFault } from '../../domain/probes/fault.ts';
import type { HttpSettings } from '../../domain/probes/http.ts';
import type { ReadSecret } from '../../host/files/secret-file.ts';

type Files = Pick<HttpSettings, 'bearerTokenFile' | 'headerFiles'>;

/** Whether there are any headers that are secret. */
export function hasSecretHeaders({ bearerTokenFile, headerFiles }: Files): boolean {
  return bearerTokenFile !== undefined || Object.keys(headerFiles).length > 0;
}

/** Headers that are secret, from their files. Throws ProbeFault `unreadable`. */
export async function readSecretHeaders(
  { bearerTokenFile, headerFiles }: Files,
  readSecret: ReadSecret,
): Promise<Readonly<Record<string, string>>> {
  const headers: Record<string, string> = {};
  if (bearerTokenFile !== undefined) {
    const token = await readLine(
      bearerTokenFile,
      /^[\x21-\x7e]+$/,
      'one bearer token and nothing else',
      readSecret,
    );
    headers['Authorization'] = `Bearer ${token}`;
  }
  for (const [name, file] of Object.entries(headerFiles)) {
    headers[name] = await readLine(
      file,
      /^[\x20-\x7e]+$/,
      `the value of ${name} in one line of ASCII`,
      readSecret,
    );
  }
  return headers;
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
