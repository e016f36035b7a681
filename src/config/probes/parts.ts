import { RE2JS } from 're2js';
import * as z from 'zod';
import { messageOf } from '../../domain/errors.ts';
import type { Network, TextSearch, TlsSettings } from '../../domain/probes/settings.ts';
import { absolutePath } from '../path.ts';

const HOST = 'expected the name or address of a host, such as 127.0.0.1, ::1 or redis.lan';

/** The name or the address of a host; without brackets, port or user. */
export const host = z.string({ error: HOST }).transform((text, context) => {
  if (/^[A-Za-z0-9_](?:[A-Za-z0-9._-]{0,251}[A-Za-z0-9_.])?$/.test(text) || isV6(text)) return text;
  const hasPort = /^[^:]+:\d{1,5}$/.test(text);
  const message = hasPort ? `${HOST}; the port has a key of its own, port` : HOST;
  context.issues.push({ code: 'custom', message, input: text });
  return z.NEVER;
});

const PORT = 'expected a port from 1 to 65535';

/** A port to connect to. */
export const port = z.int({ error: PORT }).min(1, { error: PORT }).max(65_535, { error: PORT });

/** The name of a value, which becomes a label: `queue_remaining`. */
export const fieldName = z
  .string({ error: 'expected a name such as queue_remaining' })
  .regex(/^[a-zA-Z_][a-zA-Z0-9_]{0,62}$/, { error: 'expected a name such as queue_remaining' });

const SIZE = 'expected a number of bytes, or a size such as 64KiB or 1MiB';
const UNITS: Readonly<Record<string, number>> = {
  '': 1,
  KiB: 1024,
  MiB: 1024 ** 2,
  GiB: 1024 ** 3,
  TiB: 1024 ** 4,
};

/** A size in the configuration, a whole number of bytes or `64KiB`; bytes in the program. */
export const size = z
  .union([z.int().nonnegative(), z.string()], { error: SIZE })
  .transform((given, context) => {
    const [, amount, unit = ''] = /^(\d{1,15})(KiB|MiB|GiB|TiB)?$/.exec(String(given)) ?? [];
    const bytes = Number(amount) * (UNITS[unit] ?? Number.NaN);
    if (Number.isSafeInteger(bytes)) return bytes;
    context.issues.push({ code: 'custom', message: SIZE, input: given });
    return z.NEVER;
  });

/** More than this is never kept of an answer. */
const LARGEST_ANSWER = 16 * 1024 ** 2;

/** How much of an answer is read at most; bytes in the program. */
export const maxBytes = size.refine((bytes) => bytes >= 1 && bytes <= LARGEST_ANSWER, {
  error: 'expected a size from 1 byte to 16MiB',
});

/** A regular expression that is looked for anywhere in a text, unlike those for names, which fit as a whole. */
export const search = z
  .string({ error: 'expected a regular expression (RE2), such as "ready|idle"' })
  .max(4096, { error: 'expected a regular expression of at most 4096 characters' })
  .transform((text, context): TextSearch => {
    try {
      const compiled = RE2JS.compile(text);
      return { text, finds: (subject) => compiled.test(subject) };
    } catch (thrown) {
      const message = `not a regular expression (RE2): ${messageOf(thrown)}`;
      context.issues.push({ code: 'custom', message, input: text });
      return z.NEVER;
    }
  });

/** How a secure connection is made. */
export const tls = z
  .strictObject({
    ca_file: absolutePath.optional().describe('Certificates that are trusted; left out: those of Node.js.'),
    cert_file: absolutePath.optional().describe('Certificate to show, with key_file.'),
    key_file: absolutePath.optional().describe('Its key.'),
    server_name: host.optional().describe('Name that the certificate must have; left out: that of the host.'),
    insecure: z
      .boolean({ error: 'expected true or false' })
      .default(false)
      .describe('true: any certificate will do.'),
  })
  .refine((given) => (given.cert_file === undefined) === (given.key_file === undefined), {
    error: 'expected both cert_file and key_file, or neither',
  })
  .transform(
    (given): TlsSettings => ({
      caFile: given.ca_file,
      certFile: given.cert_file,
      keyFile: given.key_file,
      serverName: given.server_name,
      insecure: given.insecure,
    }),
  );

const NETWORK = 'expected a network such as 127.0.0.0/8 or fd00::/8, or an address';

const network = z.string({ error: NETWORK }).transform((text, context): Network => {
  const [, v4, v6, bits] =
    /^(?:(\d{1,3}(?:\.\d{1,3}){3})|([0-9A-Fa-f:.]*:[0-9A-Fa-f:.]*))(?:\/(\d{1,3}))?$/.exec(text) ?? [];
  const whole = v4 === undefined ? 128 : 32;
  const prefix = bits === undefined ? whole : Number(bits);
  const address = v4 ?? v6;
  if (address !== undefined && prefix <= whole && isAddress(v4, v6)) {
    return { address, prefix, family: v4 === undefined ? 'ipv6' : 'ipv4' };
  }
  context.issues.push({ code: 'custom', message: NETWORK, input: text });
  return z.NEVER;
});

function isAddress(v4: string | undefined, v6: string | undefined): boolean {
  if (v4 !== undefined) return v4.split('.').every((part) => Number(part) <= 255);
  return v6 !== undefined && isV6(v6);
}

function isV6(text: string): boolean {
  return /^[0-9A-Fa-f:.]*:[0-9A-Fa-f:.]*$/.test(text) && URL.canParse(`http://[${text}]/`);
}

/** Networks into which a host's name may lead; left out: anywhere. */
export const addresses = z
  .array(network, { error: 'expected a list of networks such as [127.0.0.0/8, "::1"]' })
  .min(1, { error: 'expected at least one network; leave the key out for anywhere' })
  .optional()
  .describe('Networks into which the name of the host may lead; left out: anywhere.');
