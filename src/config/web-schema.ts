import * as z from 'zod';
import { CLIENT_AUTH, type ClientAuth } from '../domain/web-config.ts';
import { goDuration } from './go-duration.ts';
import { CURVES, SUITES_12, SUITES_13, VERSIONS } from './tls-names.ts';

const fileName = z
  .string({ error: 'expected a file name such as server.crt' })
  .min(1, { error: 'expected a file name such as server.crt' });

const pemText = z
  .string({ error: 'expected a text in PEM, one that begins with -----BEGIN' })
  .includes('-----BEGIN', { error: 'expected a text in PEM, one that begins with -----BEGIN' });

/** One of a closed set of names, translated. */
function named<T>(names: ReadonlyMap<string, T>, expected: string) {
  return z.string({ error: expected }).transform((written, context) => {
    const found = names.get(written);
    if (found !== undefined) return found;
    context.issues.push({ code: 'custom', message: expected, input: written });
    return z.NEVER;
  });
}

/** `RequireClientCert` is an older name that exporter-toolkit still takes. */
const CLIENT_AUTH_NAMES: ReadonlyMap<string, ClientAuth> = new Map([
  ...CLIENT_AUTH.map((name) => [name, name] as const),
  ['RequireClientCert', 'RequireAnyClientCert'],
]);

const SUITES = new Map([...SUITES_12, ...SUITES_13.map((name) => [name, name] as const)]);

const version = named(VERSIONS, 'expected TLS10, TLS11, TLS12 or TLS13');
const suite = named(
  SUITES,
  `expected a cipher suite by the name that Go has for it: ${[...SUITES.keys()].join(', ')}`,
);
const curve = named(CURVES, 'expected X25519, CurveP256, CurveP384 or CurveP521');
const san = z
  .string({ error: 'expected a name such as prometheus.example.org' })
  .min(1, { error: 'expected a name such as prometheus.example.org' });
const onOff = z.boolean({ error: 'expected true or false' });

const tls = z.strictObject({
  cert_file: fileName.optional(),
  cert: pemText.optional(),
  key_file: fileName.optional(),
  key: pemText.optional(),
  client_ca_file: fileName.optional(),
  client_ca: pemText.optional(),
  client_auth_type: named(CLIENT_AUTH_NAMES, `expected ${CLIENT_AUTH.join(', ')}`).prefault('NoClientCert'),
  client_allowed_sans: z
    .array(san, { error: 'expected a list of names' })
    .min(1, { error: 'expected at least one name; an empty list would let nobody in' })
    .optional(),
  min_version: version.prefault('TLS12'),
  max_version: version.prefault('TLS13'),
  cipher_suites: z.array(suite, { error: 'expected a list of cipher suites' }).default([]),
  curve_preferences: z.array(curve, { error: 'expected a list of curves' }).default([]),
  prefer_server_cipher_suites: onOff.default(true),
});

/** What Node takes as the value of a header. */
const headerValue = z
  .string({ error: 'expected the value of the header as a text' })
  .regex(/^[\t\x20-\x7e\x80-\xff]*$/, { error: 'expected a value of one line, without control characters' });

function oneOf(...values: readonly string[]) {
  const error = `expected ${values.join(' or ')}`;
  return headerValue.refine((value) => value === '' || values.includes(value), { error });
}

const headers = z.strictObject({
  'Content-Security-Policy': headerValue.optional(),
  'X-Frame-Options': oneOf('deny', 'sameorigin').optional(),
  'X-Content-Type-Options': oneOf('nosniff').optional(),
  'X-XSS-Protection': headerValue.optional(),
  'Strict-Transport-Security': headerValue.optional(),
});

const HASH = 'expected a bcrypt hash, one that begins with $2y$; make one with: htpasswd -nBC 10 USER';

/** A check that takes longer than a scrape may is of no use: cost 16 takes about 3 s. */
const DEAREST = 16;

const bcryptHash = z
  .string({ error: HASH })
  .regex(/^\$2[aby]\$(0[4-9]|[12]\d|3[01])\$[./A-Za-z0-9]{53}$/, { error: HASH })
  .refine((hash) => Number(hash.slice(4, 6)) <= DEAREST, {
    error: `expected a bcrypt hash of cost ${DEAREST} at most; with more, a check takes longer than a scrape may`,
    when: ({ issues }) => issues.length === 0,
  })
  // The three are one algorithm. Node's bcrypt takes no $2y$, and cuts long passwords of $2a$ otherwise than Go.
  .transform((hash) => hash.replace(/^\$2[ay]/, '$2b'));

const COLON = 'expected a user name without a colon, which would end it in the Authorization header';

// Not a record: zod's leaves out the key __proto__, and a list of users may never come out shorter.
const users = z
  .custom<object>((written) => typeof written === 'object' && written !== null && !Array.isArray(written), {
    error: 'expected a map of user names and bcrypt hashes',
  })
  .transform((written, context): ReadonlyMap<string, string> => {
    const entries = Object.entries(written).map(([name, hash]: readonly [string, unknown]) => {
      const checked = bcryptHash.safeParse(hash);
      const problems = [
        ...(name.includes(':') ? [COLON] : []),
        ...(checked.error?.issues ?? []).map(({ message }) => message),
      ];
      for (const message of problems) {
        context.issues.push({ code: 'custom', message, path: [name], input: name });
      }
      return [name, checked.data ?? ''] as const;
    });
    return new Map(entries);
  });

const WHOLE = 'expected a whole number such as 20';

/** A web configuration file. Everything is optional; an unknown key is an error. */
export const webSchema = z.strictObject({
  tls_server_config: tls.optional(),
  http_server_config: z
    .strictObject({ http2: onOff.default(true), headers: headers.prefault({}) })
    .prefault({}),
  basic_auth_users: users.prefault({}),
  rate_limit: z
    .strictObject({
      interval: goDuration.prefault(0),
      burst: z.int({ error: WHOLE }).min(0, { error: WHOLE }).default(0),
    })
    .prefault({}),
});

/** A web configuration as it was written, with the defaults filled in. */
export type WrittenWebConfig = z.output<typeof webSchema>;
