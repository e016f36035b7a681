import fc from 'fast-check';

/** A text with secrets in it, each of which must not be seen any more. */
export interface Planted {
  readonly text: string;
  readonly secrets: readonly string[];
}

const ALNUM = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';
const UPPER = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789';

const of = (letters: string, minLength: number, maxLength = minLength) =>
  fc.string({ unit: fc.constantFrom(...letters), minLength, maxLength });

/** What a person may choose for a password: anything printable but spaces and quotes. */
const password = of(`${ALNUM}!#$%&()*+,-./:;<=>?@[]^_{|}~`, 8, 40).map((text) => `q9${text}`);

/** One that may stand in quotes. */
const quotable = of(`${ALNUM}!#$%&()*+,-./:;<=>?@[]^_{|}~ `, 8, 40).map((text) => `q9${text}`);

const token = of(`${ALNUM}-_`, 20, 60).map((text) => `q9${text}`);

const KEYS = [
  'password',
  'PASSWORD',
  'DB_PASSWORD',
  'passwd',
  'pwd',
  'PGPASSWORD',
  'MYSQL_PWD',
  'secret',
  'client_secret',
  'AWS_SECRET_ACCESS_KEY',
  'api_key',
  'apiKey',
  'OPENAI_API_KEY',
  'X-Api-Key',
  'token',
  'HF_TOKEN',
  'access_token',
  'refreshToken',
  'private_key',
  'credentials',
  'DB_PASS',
  'session_id',
];

const SEPARATORS = ['=', ': ', ':', ' = ', '=>', ' := '];

const alone = (secret: string): Planted => ({ text: secret, secrets: [secret] });

const base64 = (text: string) => Buffer.from(text).toString('base64url');

const jwt = fc
  .tuple(of(ALNUM, 10, 40), of(ALNUM, 20, 60))
  .map(
    ([user, signature]) => [`${base64('{"alg":"HS256"}')}`, base64(`{"sub":"${user}"}`), signature] as const,
  );

/** Lines of a private key in PEM. */
export function pemLines(): fc.Arbitrary<readonly string[]> {
  const body = fc.array(of(`${ALNUM}+/`, 64), { minLength: 3, maxLength: 30 });
  const kind = fc.constantFrom('', 'RSA ', 'EC ', 'OPENSSH ', 'ENCRYPTED ', 'DSA ');
  return fc
    .tuple(kind, body, of(`${ALNUM}+/`, 4, 60))
    .map(([name, lines, last]) => [
      `-----BEGIN ${name}PRIVATE KEY-----`,
      ...lines,
      `${last}==`,
      `-----END ${name}PRIVATE KEY-----`,
    ]);
}

/** Secrets by kind, as programs write them. */
export const SECRETS: Readonly<Record<string, fc.Arbitrary<Planted>>> = {
  'key=value': fc
    .tuple(fc.constantFrom(...KEYS), fc.constantFrom(...SEPARATORS), password)
    .map(([key, separator, secret]) => ({ text: `${key}${separator}${secret}`, secrets: [secret] })),
  'quoted value': fc
    .tuple(fc.constantFrom(...KEYS), fc.constantFrom(...SEPARATORS), quotable, fc.constantFrom('"', "'"))
    .map(([key, separator, secret, quote]) => ({
      text: `${key}${separator}${quote}${secret}${quote}`,
      secrets: [secret],
    })),
  json: fc
    .tuple(fc.constantFrom(...KEYS), fc.string({ minLength: 12, unit: 'grapheme-ascii' }))
    .map(([key, value]) => {
      const secret = `q9"\\${value}`;
      const written = JSON.stringify(secret).slice(1, -1);
      return {
        text: JSON.stringify({ user: 'x', [key]: secret, n: 1 }),
        secrets: [written, written.slice(-8)],
      };
    }),
  'json in json': fc.tuple(fc.constantFrom(...KEYS), token).map(([key, secret]) => ({
    text: JSON.stringify({ message: JSON.stringify({ [key]: secret }) }),
    secrets: [secret],
  })),
  'argument of a program': fc
    .tuple(fc.constantFrom('--password', '--db-password', '--token', '--api-key', '--hf-token'), password)
    .map(([flag, secret]) => ({ text: `serve ${flag} ${secret} --port 1`, secrets: [secret] })),
  'Authorization header': fc
    .tuple(
      fc.constantFrom('Authorization', 'authorization', 'Proxy-Authorization'),
      token,
      fc.constantFrom('Bearer', 'Basic', 'Token', 'ApiKey'),
    )
    .map(([name, secret, scheme]) => ({ text: `${name}: ${scheme} ${secret}`, secrets: [secret] })),
  'bearer alone': token.map((secret) => ({ text: `sent Bearer ${secret} to it`, secrets: [secret] })),
  cookie: token.map((secret) => ({ text: `Cookie: theme=dark; sid=${secret}; a=b`, secrets: [secret] })),
  'password in a URL': fc
    .tuple(
      fc.constantFrom('postgres', 'redis', 'amqp', 'https', 'mongodb+srv'),
      of(`${ALNUM}!$%&*+,-.=@/:_~`, 8, 40),
    )
    .map(([scheme, secret]) => ({ text: `${scheme}://user:q9${secret}@host:1/x`, secrets: [`q9${secret}`] })),
  'token in a URL': token.map((secret) => ({ text: `https://${secret}@host/x`, secrets: [secret] })),
  'AWS access key': fc
    .tuple(fc.constantFrom('AKIA', 'ASIA'), of(UPPER, 16))
    .map(([head, tail]) => alone(`${head}${tail}`)),
  'AWS secret key': of(`${ALNUM}/+`, 37).map((text) => alone(`aA1${text}`)),
  jwt: jwt.map((parts) => ({ text: `got ${parts.join('.')}.`, secrets: parts.slice(1) })),
  'token of a known make': fc
    .tuple(
      fc.constantFrom(
        'ghp_',
        'github_pat_',
        'glpat-',
        'xoxb-',
        'hf_',
        'sk-',
        'sk-ant-',
        'nvapi-',
        'AIza',
        'npm_',
      ),
      of(ALNUM, 30, 60),
    )
    .map(([head, tail]) => ({ text: `with ${head}${tail}`, secrets: [tail] })),
  'private key': pemLines().map((lines) => ({ text: lines.join('\n'), secrets: lines.slice(1, -1) })),
  'private key in one line': pemLines().map((lines) => ({
    text: lines.join('\\n'),
    secrets: lines.slice(1, -1),
  })),
};

/** Any secret of a kind. */
export function anySecret(kind: string): fc.Arbitrary<Planted> {
  const found = SECRETS[kind];
  if (found === undefined) throw new Error(`there are no secrets of the kind ${kind}`);
  return found;
}
