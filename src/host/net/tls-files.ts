import type { SecureContext } from 'node:tls';
import { ProbeFault } from '../../domain/probes/fault.ts';
import type { TlsSettings } from '../../domain/probes/settings.ts';
import type { ReadSecret } from '../files/secret-file.ts';
import { codeOf } from './faults.ts';
import type { TlsMaterial } from './secured.ts';
import type { PemTexts, TlsContexts } from './tls-contexts.ts';

/** What secure connections take. */
export interface TlsDeps {
  readonly readSecret: ReadSecret;
  /** Shared by all of them. */
  readonly tlsContexts: TlsContexts;
}

/**
 * Gives what secure connections are made with, from files as they are at each question.
 *
 * The function throws ProbeFault `unreadable`.
 */
export function createTlsFiles(settings: TlsSettings, deps: TlsDeps): () => Promise<TlsMaterial> {
  const { serverName, insecure } = settings;
  // Held until the next question: shared contexts are there for as long as somebody has them.
  let context: SecureContext;
  return async () => {
    const [ca, cert, key] = await Promise.all([
      textOf(settings.caFile, 'CERTIFICATE-----', deps.readSecret),
      textOf(settings.certFile, 'CERTIFICATE-----', deps.readSecret),
      textOf(settings.keyFile, 'PRIVATE KEY-----', deps.readSecret),
    ]);
    context = contextOf({ ca, cert, key }, settings, deps.tlsContexts);
    return { context, serverName, insecure };
  };
}

async function textOf(
  path: string | undefined,
  expected: string,
  readSecret: ReadSecret,
): Promise<string | undefined> {
  if (path === undefined) return undefined;
  const text = await readSecret(path);
  // OpenSSL would take a file without any for one that trusts nobody.
  if (text.includes(expected)) return text;
  throw new ProbeFault('unreadable', `${path} holds no ${expected.slice(0, -5).toLowerCase()} (PEM)`);
}

function contextOf(
  texts: PemTexts,
  { caFile, certFile, keyFile }: TlsSettings,
  tlsContexts: TlsContexts,
): SecureContext {
  try {
    return tlsContexts(texts);
  } catch (thrown) {
    const files = [caFile, certFile, keyFile].filter((file) => file !== undefined).join(', ');
    const why = codeOf(thrown) ?? 'no reason given';
    throw new ProbeFault('unreadable', `${files}: OpenSSL takes no such certificate or key (${why})`);
  }
}
