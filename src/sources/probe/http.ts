import { totalsIn } from '../../domain/json-totals.ts';
import { ProbeFault } from '../../domain/probes/fault.ts';
import type { HttpSettings } from '../../domain/probes/http.ts';
import { exchangeHttp, type HttpAnswer, type WantsBody } from '../../host/net/http-exchange.ts';
import type { TlsMaterial } from '../../host/net/secured.ts';
import { createTlsFiles } from '../../host/net/tls-files.ts';
import type { Ask, Findings } from './asking.ts';
import type { ProbeDeps } from './deps.ts';
import { isExpected, judgeJson, judgeStatus, judgeText, numbersIn, parseJson } from './http-checks.ts';
import { firstHop, type Hop, isRedirect, nextHop } from './redirect.ts';
import { hasSecretHeaders, readSecretHeaders } from './secret-headers.ts';
import { answerWords } from './words.ts';

/** Asks over HTTP or HTTPS, and judges the answer. */
export function askHttp(settings: HttpSettings, deps: ProbeDeps): Ask {
  const { caFile } = settings.tls;
  const material: Materials = {
    own: createTlsFiles(settings.tls, deps),
    // The own certificate, its name and the leave to be careless are for the own place alone.
    others: createTlsFiles({ caFile, insecure: false }, deps),
  };
  return async (signal, found) => {
    found.stage = 'reading the files of secrets';
    const secretHeaders = await readSecretHeaders(settings, deps.readSecret);
    const answer = await followed({ settings, deps, material, secretHeaders, signal }, found);
    judge(answer, settings, found);
  };
}

interface Materials {
  readonly own: () => Promise<TlsMaterial>;
  readonly others: () => Promise<TlsMaterial>;
}

interface Question {
  readonly settings: HttpSettings;
  readonly deps: ProbeDeps;
  readonly material: Materials;
  readonly secretHeaders: Readonly<Record<string, string>>;
  readonly signal: AbortSignal;
}

/** Goes from place to place until an answer leads no further. */
async function followed(question: Question, found: Findings): Promise<HttpAnswer> {
  const { settings } = question;
  for (let hop = firstHop(settings); ; ) {
    const answer = await askedAt(hop, question, found);
    const { location } = answer.headers;
    if (isExpected(answer.status, settings.expectStatus) || !isRedirect(answer.status, location))
      return answer;
    hop = nextHop(hop, answer.status, location, settings);
  }
}

async function askedAt(hop: Hop, question: Question, found: Findings): Promise<HttpAnswer> {
  const { settings, deps, material, signal } = question;
  found.notes.push(`asked: ${hop.method} ${shownPlace(hop)}`);
  const isSecure = hop.url.protocol === 'https:';
  const asked = {
    url: hop.url,
    method: hop.method,
    headers: headersFor(hop, question),
    body: hop.withBody ? settings.body : undefined,
    tls: isSecure ? await material[hop.isTrusted ? 'own' : 'others']() : undefined,
    addresses: settings.addresses,
    maxBytes: settings.maxBytes,
  };
  const isFinal: WantsBody = (status, { location }) =>
    isExpected(status, settings.expectStatus) || !isRedirect(status, location);
  return await exchangeHttp(asked, isFinal, deps, found, signal);
}

/** Without the query, which some services take secrets in; of where it was led only the host: a server chose the rest. */
function shownPlace({ url, before }: Hop): string {
  if (before.length > 0) return `${url.origin}/...`;
  return `${url.origin}${url.pathname}${url.search === '' ? '' : '?...'}`;
}

function headersFor(hop: Hop, { settings, secretHeaders }: Question): Record<string, string> {
  const common = { 'User-Agent': 'fettle', Accept: '*/*', 'Accept-Encoding': 'identity' };
  if (!hop.isTrusted) return common;
  const names = new Set(
    Object.keys({ ...settings.headers, ...secretHeaders }).map((name) => name.toLowerCase()),
  );
  const kept = Object.entries(common).filter(([name]) => !names.has(name.toLowerCase()));
  return { ...Object.fromEntries(kept), ...settings.headers, ...secretHeaders };
}

/** More than an excerpt for people has. */
const NOTED_BYTES = 4096;

/** What the answer says is written down first, so that it is told also where the answer is not as it should be. */
function judge({ status, headers, body }: HttpAnswer, settings: HttpSettings, found: Findings): void {
  const sendsSecret = hasSecretHeaders(settings);
  const beginning = answerWords(body.toString('utf8', 0, NOTED_BYTES), sendsSecret);
  const size = `answer: status ${status}, ${body.length} bytes`;
  found.notes.push(body.length === 0 ? size : `${size}: ${beginning}`);
  const json = wantsJson(settings) ? parseJson(body.toString('utf8')) : undefined;
  if (json !== undefined && 'document' in json) noteValues(json.document, settings, found);
  judgeStatus(status, settings);
  const packing = headers['content-encoding'] ?? 'identity';
  if (packing !== 'identity' && wantsText(settings)) {
    throw new ProbeFault(
      'protocol',
      'the body is packed although that was not asked for; it cannot be judged',
    );
  }
  judgeText(body, settings);
  if (json === undefined) return;
  if ('problem' in json) throw new ProbeFault('content', json.problem);
  judgeJson(json.document, settings.json, (text) => void (sendsSecret || found.notes.push(text)));
}

function wantsJson({ json, values, totals }: HttpSettings): boolean {
  return json.length > 0 || totals !== undefined || Object.keys(values).length > 0;
}

function wantsText(settings: HttpSettings): boolean {
  return wantsJson(settings) || settings.bodyMatches !== undefined || settings.bodyNotMatches !== undefined;
}

function noteValues(document: unknown, { values, totals = {} }: HttpSettings, found: Findings): void {
  for (const [name, number] of totalsIn(document, totals)) found.values.set(name, number);
  for (const [name, number] of numbersIn(document, values)) found.values.set(name, number);
  for (const [name, pointer] of Object.entries(values)) {
    if (!found.values.has(name)) found.notes.push(`value ${name}: there is no number at ${pointer}`);
  }
}
