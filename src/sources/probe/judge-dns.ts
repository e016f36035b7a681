import type { ProbeFailureReason } from '../../domain/probe.ts';
import type { DnsSettings } from '../../domain/probes/dns.ts';
import { ProbeFault } from '../../domain/probes/fault.ts';
import { quoted } from './words.ts';

/** Records that are told to people. */
const TOLD = 8;

/** Throws a ProbeFault if the records are not as they should be. */
export function judgeRecords(settings: DnsSettings, records: readonly string[]): void {
  const { name, type, includes, match, minAnswers } = settings;
  const what = `${name} ${type}`;
  if (records.length < minAnswers) {
    throw new ProbeFault('content', `${what}: ${records.length} records, fewer than ${minAnswers}`);
  }
  const known = new Set(records.map(plainRecord));
  const missing = includes.filter((record) => !known.has(plainRecord(record)));
  if (missing.length > 0) {
    throw new ProbeFault(
      'content',
      `${what}: ${listed(missing)} is not among the records: ${listed(records)}`,
    );
  }
  const other = records.find((record) => match !== undefined && !match.finds(record));
  if (other !== undefined && match !== undefined) {
    throw new ProbeFault('content', `${what}: ${quoted(other)} does not fit ${match.text}`);
  }
}

/** Names are the same in capitals, and with a dot at their end; addresses in all their spellings. */
function plainRecord(record: string): string {
  const isAddress6 = /^[0-9A-Fa-f:.]*:[0-9A-Fa-f:.]*$/.test(record) && URL.canParse(`http://[${record}]/`);
  return isAddress6 ? new URL(`http://[${record}]/`).hostname : record.toLowerCase().replace(/\.$/, '');
}

function listed(records: readonly string[]): string {
  const more = records.length > TOLD ? ` and ${records.length - TOLD} more` : '';
  return `${records.slice(0, TOLD).map(quoted).join(', ')}${more}`;
}

/** Why a question had no answer, by the code of c-ares. `server` is for people. */
export function dnsFault({ name, type }: DnsSettings, server: string, code: string): ProbeFault {
  const [reason, words]: readonly [ProbeFailureReason, string] = FAULTS.get(code) ?? [
    'protocol',
    `the question failed (${code})`,
  ];
  return new ProbeFault(reason, `${name} ${type}, asked of ${server}: ${words}`);
}

const FAULTS: ReadonlyMap<string, readonly [ProbeFailureReason, string]> = new Map([
  ['ENOTFOUND', ['address', 'there is no such name (NXDOMAIN)']],
  ['ENODATA', ['content', 'the name exists, but has no record of this type (NODATA)']],
  ['ESERVFAIL', ['status', 'the server could not find out (SERVFAIL); see its own log, and DNSSEC']],
  ['EREFUSED', ['refused', 'the server does not answer such questions from here (REFUSED)']],
  ['EFORMERR', ['status', 'the server did not understand the question (FORMERR)']],
  ['ENOTIMP', ['status', 'the server does not know such questions (NOTIMP)']],
  ['ECONNREFUSED', ['refused', 'nobody listens there, or no server could be reached']],
  ['ETIMEOUT', ['timeout', 'no answer to four questions']],
  ['ECANCELLED', ['timeout', 'no answer in time']],
  ['EBADRESP', ['protocol', 'the answer is no DNS']],
  ['EBADNAME', ['address', 'this is no name of DNS']],
]);
