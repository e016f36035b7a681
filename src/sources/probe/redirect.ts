import { ProbeFault } from '../../domain/probes/fault.ts';
import type { HttpSettings } from '../../domain/probes/http.ts';

/** Statuses that lead elsewhere, if they say where. */
const REDIRECTS = new Set([301, 302, 303, 307, 308]);

/** Longer ways are loops, or as good as one. */
const MOST_REDIRECTS = 5;

/** A question on its way from place to place. */
export interface Hop {
  readonly url: URL;
  readonly method: HttpSettings['method'];
  readonly withBody: boolean;
  /** Whether secrets, the own certificate and the own headers may go there: it is the place that was configured. */
  readonly isTrusted: boolean;
  /** Whence it came, the first first. */
  readonly before: readonly string[];
}

/** The first place: that of the configuration. */
export function firstHop({ url, method, body }: HttpSettings): Hop {
  return { url: new URL(url), method, withBody: body !== undefined, isTrusted: true, before: [] };
}

/** Whether an answer leads elsewhere. */
export function isRedirect(status: number, location: string | undefined): location is string {
  return REDIRECTS.has(status) && location !== undefined;
}

/**
 * The next place, if the configuration allows to go there. Throws ProbeFault `redirect` if not.
 *
 * Nobody is led from https to http, nor in circles; what is secret goes to no other place than the configured one, or
 * from http to https there. Only hosts that are configured are told: a server may put what it was sent into any part
 * of an address.
 */
export function nextHop(hop: Hop, status: number, location: string, { url, redirects }: HttpSettings): Hop {
  const own = new URL(url);
  const next = targetOf(hop.url, location);
  const whither = `the answer (${status}) leads to ${shownHost(own, next, redirects)}`;
  const fault = (why: string) => new ProbeFault('redirect', `${whither}, ${why}`);
  if (redirects === 'none') {
    throw fault('and redirects are not followed; name the last place as url, or see redirects');
  }
  if (hop.url.protocol === 'https:' && next.protocol === 'http:') throw fault('which is no longer secure');
  const isOwn = isSamePlace(own, next);
  if (!isOwn && !isListed(next, redirects)) throw fault('which is another place; see redirects');
  // Who has been elsewhere comes back a stranger: another place must not choose what is asked here with our secrets.
  const isTrusted = hop.isTrusted && isOwn;
  const before = [...hop.before, `${hop.method} ${hop.url.href}`];
  const method = hop.method === 'POST' && status < 304 ? 'GET' : hop.method;
  const withBody = hop.withBody && method === 'POST';
  if (withBody && !isTrusted) throw fault('where the body of the question may not go');
  if (before.includes(`${method} ${next.href}`)) throw fault('where it came from: a loop');
  if (before.length > MOST_REDIRECTS) throw fault(`after ${MOST_REDIRECTS} other redirects`);
  return { url: next, method, withBody, isTrusted, before };
}

function targetOf(from: URL, location: string): URL {
  const next = URL.canParse(location, from.href) ? new URL(location, from.href) : undefined;
  const isFit = next !== undefined && ['http:', 'https:'].includes(next.protocol);
  if (!isFit || next.username !== '' || next.password !== '') {
    throw new ProbeFault('redirect', 'the answer leads to what is no plain address of http or https');
  }
  next.hash = '';
  return next;
}

/** The same host and port, or the usual ports of http and https, in this order. */
function isSamePlace(own: URL, next: URL): boolean {
  if (own.origin === next.origin) return true;
  const isUpgrade = own.protocol === 'http:' && next.protocol === 'https:';
  return isUpgrade && own.hostname === next.hostname && own.port === '' && next.port === '';
}

function shownHost(own: URL, next: URL, redirects: HttpSettings['redirects']): string {
  if (isSamePlace(own, next) || isListed(next, redirects)) return next.origin;
  if (own.host === next.host) return `${next.protocol} of the same host`;
  return own.hostname === next.hostname ? 'another port of the same host' : 'another host';
}

/** `host` stands for the usual ports, `host:8080` for that port alone. */
function isListed(next: URL, redirects: HttpSettings['redirects']): boolean {
  return Array.isArray(redirects) && redirects.includes(next.host);
}
