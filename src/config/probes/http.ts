import * as z from 'zod';
import { isJsonPointer } from '../../domain/json-pointer.ts';
import type { HttpSettings, JsonCheck, StatusRange } from '../../domain/probes/http.ts';
import { absolutePath } from '../path.ts';
import { headerProblems, headerValue } from './headers.ts';
import { addresses, fieldName, maxBytes, search, tls } from './parts.ts';

const URL_EXPECTED = 'expected a URL such as http://127.0.0.1:8188/system_stats';

/** A URL of http or https, as `URL` writes it. */
export const httpUrl = z
  .string({ error: URL_EXPECTED })
  .max(2048, { error: 'expected a URL of at most 2048 characters' })
  .transform((text, context) => {
    const problem = urlProblem(text);
    if (problem === undefined) return new URL(text).href;
    context.issues.push({ code: 'custom', message: problem, input: text });
    return z.NEVER;
  });

function urlProblem(text: string): string | undefined {
  if (!/^https?:\/\//i.test(text) || !URL.canParse(text)) return URL_EXPECTED;
  const url = new URL(text);
  if (url.username !== '' || url.password !== '') {
    return 'expected no user and no password in the URL; write the value of Authorization to a file, and name it under header_files';
  }
  if (url.port === '0') return 'expected a port from 1 to 65535 in the URL';
  return url.hash === '' ? undefined : 'expected a URL without #: servers never see that part';
}

const STATUS = 'expected a status such as 200, or a range such as 200-299';

const status = z.union([z.int(), z.string()], { error: STATUS }).transform((given, context): StatusRange => {
  const [, from, to = from] = /^([1-5]\d\d)(?:-([1-5]\d\d))?$/.exec(String(given)) ?? [];
  if (from !== undefined && Number(from) <= Number(to)) return { from: Number(from), to: Number(to) };
  context.issues.push({ code: 'custom', message: STATUS, input: given });
  return z.NEVER;
});

const POINTER = 'expected a JSON pointer (RFC 6901) such as /exec_info/queue_remaining';

/** A place in a JSON document. */
export const pointer = z.string({ error: POINTER }).refine(isJsonPointer, { error: POINTER });

const EQUALS = 'expected a text, a number, true, false or null';
const NUMBER = 'expected a number';

const jsonCheck = z
  .strictObject({
    pointer: pointer.describe('Where to look: a JSON pointer (RFC 6901) such as /queue/length.'),
    equals: z
      .union([z.string(), z.number(), z.boolean(), z.null()], { error: EQUALS })
      .optional()
      .describe('What must stand there.'),
    min: z.number({ error: NUMBER }).optional().describe('A number there must be at least so large.'),
    max: z.number({ error: NUMBER }).optional().describe('A number there must be at most so large.'),
    exists: z
      .boolean({ error: 'expected true or false' })
      .optional()
      .describe('Whether there must be something, or must be nothing.'),
  })
  .refine((check) => Object.keys(check).length > 1, {
    error: 'expected at least one of equals, min, max and exists',
  })
  .refine(({ exists, pointer: _, ...others }) => exists !== false || Object.keys(others).length === 0, {
    error: 'expected nothing beside exists: false, which is never true together with another condition',
  })
  .refine(({ min, max }) => min === undefined || max === undefined || min <= max, {
    error: 'expected min to be at most max',
  }) satisfies z.ZodType<JsonCheck>;

const FIELD = 'expected names such as queue_remaining';

const REDIRECTS = 'expected none, same-host, or a list of hosts such as [login.lan, "cdn.lan:8443"]';

const redirectHost = z.string({ error: REDIRECTS }).transform((text, context) => {
  const url = URL.canParse(`http://${text}/`) ? new URL(`http://${text}/`) : undefined;
  const isHost = url?.pathname === '/' && `${url.username}${url.search}${url.hash}` === '';
  if (url !== undefined && isHost && url.port !== '0') return url.host;
  context.issues.push({ code: 'custom', message: REDIRECTS, input: text });
  return z.NEVER;
});

const body = z
  .string({ error: 'expected a text' })
  .max(65_536, { error: 'expected a text of at most 65536 characters' });

const written = z.strictObject({
  url: httpUrl.describe('What to ask, such as http://127.0.0.1:8188/system_stats.'),
  method: z
    .enum(['GET', 'HEAD', 'POST'], { error: 'expected GET, HEAD or POST' })
    .optional()
    .describe('How to ask; GET.'),
  headers: z.record(z.string(), headerValue).default({}).describe('Headers that are no secrets.'),
  header_files: z
    .record(z.string(), absolutePath)
    .default({})
    .describe('Headers whose values are secrets, each in a file.'),
  bearer_token_file: absolutePath.optional().describe('File with a bearer token to send.'),
  body: body.optional().describe('What to send; only with method: POST.'),
  expect_status: z
    .array(status, { error: 'expected a list such as [200, 300-399]' })
    .min(1, { error: 'expected at least one status' })
    .prefault(['200-299'])
    .describe('Statuses that are as wanted: numbers and ranges.'),
  body_matches: search.optional().describe('RE2 that must be found in the first 256 KiB of the body.'),
  body_not_matches: search.optional().describe('RE2 that must not be found there.'),
  json: z
    .array(jsonCheck, { error: 'expected a list of checks, each with a pointer' })
    .default([])
    .describe('Checks on the answer as JSON, all of which must hold.'),
  values: z
    .record(fieldName, pointer, { error: ({ code }) => (code === 'invalid_key' ? FIELD : undefined) })
    .default({})
    .describe(
      'Numbers in the answer that become fettle_probe_value{field}: names, and JSON pointers to them.',
    ),
  max_bytes: maxBytes.prefault('1MiB').describe('A longer answer is a failure; 16MiB at most.'),
  redirects: z
    .union([z.enum(['none', 'same-host']), z.array(redirectHost)], { error: REDIRECTS })
    .default('none')
    .describe(
      'Where a redirect may lead: none, same-host, or a list of hosts beside it, which are sent no secrets; none.',
    ),
  tls: tls.prefault({}).describe('How a secure connection is made.'),
  addresses,
});

type Written = z.output<typeof written>;

/** `http:` of a probe. */
export const httpProbe = written
  .superRefine((given, context) => {
    for (const { path, message } of [...headerProblems(given), ...bodyProblems(given)]) {
      context.addIssue({ code: 'custom', path: [...path], message, input: given });
    }
  })
  .transform(
    (given): HttpSettings => ({
      url: given.url,
      method: given.method ?? 'GET',
      headers: given.headers,
      headerFiles: given.header_files,
      bearerTokenFile: given.bearer_token_file,
      body: given.body,
      expectStatus: given.expect_status,
      bodyMatches: given.body_matches,
      bodyNotMatches: given.body_not_matches,
      json: given.json,
      values: given.values,
      maxBytes: given.max_bytes,
      redirects: given.redirects,
      tls: given.tls,
      addresses: given.addresses,
    }),
  );

function bodyProblems({ method, body: sent, body_matches, body_not_matches, json, values }: Written) {
  const at = (key: string, message: string) => [{ path: [key], message }];
  const reads =
    body_matches !== undefined ||
    body_not_matches !== undefined ||
    json.length > 0 ||
    Object.keys(values).length > 0;
  return [
    ...(sent !== undefined && method !== 'POST'
      ? at('body', 'expected method: POST, which alone has a body')
      : []),
    ...(method === 'HEAD' && reads
      ? at('method', 'expected GET or POST: the answer to HEAD has no body to judge')
      : []),
  ];
}
