import * as z from 'zod';
import { DNS_TYPES, type DnsSettings } from '../../domain/probes/dns.ts';
import { search } from './parts.ts';

const NAME = 'expected a name such as node1.lan, or for PTR an address';

/** As DNS has it, services with `_` too; or an address. */
const name = z
  .string({ error: NAME })
  .max(254, { error: NAME })
  .refine((text) => /^[0-9A-Fa-f:.]*:[0-9A-Fa-f:.]*$/.test(text) || isDnsName(text), { error: NAME });

function isDnsName(text: string): boolean {
  const labels = text.replace(/\.$/, '').split('.');
  return labels.every((label) => /^[A-Za-z0-9_][A-Za-z0-9_-]{0,62}$/.test(label));
}

const SERVER = 'expected the address of a name server, such as 192.0.2.1, 192.0.2.1:5353 or [2001:db8::1]:53';

/** Always with a port. */
const server = z.string({ error: SERVER }).transform((text, context) => {
  const [, v6, v4, port = '53'] =
    /^(?:\[([0-9A-Fa-f:.]*:[0-9A-Fa-f:.]*)\]|(\d{1,3}(?:\.\d{1,3}){3}))(?::(\d{1,5}))?$/.exec(text) ?? [];
  const isPort = Number(port) >= 1 && Number(port) <= 65_535;
  if (isPort && v4?.split('.').every((part) => Number(part) <= 255)) return `${v4}:${port}`;
  if (isPort && v6 !== undefined && URL.canParse(`http://[${v6}]/`)) return `[${v6}]:${port}`;
  context.issues.push({ code: 'custom', message: SERVER, input: text });
  return z.NEVER;
});

const LEAST = 'expected a number of records, such as 1';

/** `dns:` of a probe. */
export const dnsProbe = z
  .strictObject({
    name: name.describe('What to ask for: a name, or for PTR an address.'),
    type: z
      .enum(DNS_TYPES, { error: `expected ${DNS_TYPES.join(', ')}` })
      .default('A')
      .describe('Kind of the records.'),
    server: server
      .optional()
      .describe("Name server, such as 192.0.2.1 or [2001:db8::1]:53; left out: the machine's."),
    includes: z
      .array(z.string().min(1).max(1024), { error: 'expected a list of records, such as [192.0.2.1]' })
      .default([])
      .describe('Records that must be among the answers.'),
    match: search.optional().describe('RE2 that must be found in one of the answers.'),
    min_answers: z
      .int({ error: LEAST })
      .min(1, { error: LEAST })
      .max(1000, { error: LEAST })
      .default(1)
      .describe('So many answers at least.'),
  })
  .transform(
    ({ min_answers, ...given }): DnsSettings => ({
      name: given.name,
      type: given.type,
      server: given.server,
      includes: given.includes,
      match: given.match,
      minAnswers: min_answers,
    }),
  );
