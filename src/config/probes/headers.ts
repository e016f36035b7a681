import * as z from 'zod';

const VALUE = 'expected the text of a header, in one line of ASCII';

/** The value of a header that is no secret. */
export const headerValue = z
  .string({ error: VALUE })
  .max(4096, { error: 'expected a value of at most 4096 characters' })
  .regex(/^[\x20-\x7e]*$/, { error: VALUE });

/** RFC 9110, 5.6.2. */
const NAME = /^[!#$%&'*+.^_`|~0-9A-Za-z-]{1,128}$/;

/**
 * Such as Authorization, Cookie, X-Api-Key, Ocp-Apim-Subscription-Key, X-Vault-Token and X-Amz-Security-Token. Of
 * those that are none, a value may stand in a file as well.
 */
const SECRET = /auth|cookie|token|secret|passw|passphrase|credential|session|key|signature/i;

/** What decides where a message ends, and so must be right. */
const OWN = new Set([
  'connection',
  'content-length',
  'expect',
  'keep-alive',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
]);

interface Headers {
  readonly headers: Readonly<Record<string, string>>;
  readonly header_files: Readonly<Record<string, string>>;
  readonly bearer_token_file?: string | undefined;
}

interface HeaderProblem {
  readonly path: readonly string[];
  readonly message: string;
}

/** What is wrong with the names of headers: secrets that stand in the configuration, and names that are taken. */
export function headerProblems({
  headers,
  header_files,
  bearer_token_file,
}: Headers): readonly HeaderProblem[] {
  const taken = new Set(bearer_token_file === undefined ? [] : ['authorization']);
  const problemsOf = (key: 'headers' | 'header_files', names: readonly string[]) =>
    names.flatMap((name): HeaderProblem[] => {
      const lower = name.toLowerCase();
      const isTaken = taken.has(lower);
      taken.add(lower);
      const message = isTaken ? `expected a header once; ${name} is set already` : nameProblem(key, name);
      return message === undefined ? [] : [{ path: [key, name], message }];
    });
  return [
    ...problemsOf('headers', Object.keys(headers)),
    ...problemsOf('header_files', Object.keys(header_files)),
  ];
}

function nameProblem(key: 'headers' | 'header_files', name: string): string | undefined {
  if (!NAME.test(name)) return 'expected the name of a header such as X-Request-Source';
  if (OWN.has(name.toLowerCase())) return `fettle sets ${name} itself; remove it`;
  if (key === 'header_files' || !SECRET.test(name)) return undefined;
  return `expected no secret in the configuration; write the value to a file, and name it under header_files: ${name}`;
}
