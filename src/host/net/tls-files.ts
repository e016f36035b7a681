import { createSecureContext, type SecureContext } from 'node:tls';
import { ProbeFault } from '../../domain/probes/fault.ts';
import type { TlsSettings } from '../../domain/probes/settings.ts';
import type { ReadSecret } from '../secret-file.ts';
import { codeOf } from './faults.ts';
import type { TlsMaterial } from './secured.ts';

/**
 * Gives what secure connections are made with, from files as they are at each question.
 *
 * Built anew only when one of them has changed: reading all of a system's authorities takes milliseconds. The
 * function throws ProbeFault `unreadable`.
 */
export function createTlsFiles(settings: TlsSettings, readSecret: ReadSecret): () => Promise<TlsMaterial> {
  const { serverName, insecure } = settings;
  let last: { readonly texts: string; readonly context: SecureContext } | undefined;
  return async () => {
    const files = await Promise.all([
      textOf(settings.caFile, 'CERTIFICATE-----', readSecret),
      textOf(settings.certFile, 'CERTIFICATE-----', readSecret),
      textOf(settings.keyFile, 'PRIVATE KEY-----', readSecret),
    ]);
    const texts = JSON.stringify(files);
    if (last?.texts !== texts) last = { texts, context: contextOf(files, settings) };
    return { context: last.context, serverName, insecure };
  };
}

type Text = string | undefined;

async function textOf(path: string | undefined, expected: string, readSecret: ReadSecret): Promise<Text> {
  if (path === undefined) return undefined;
  const text = await readSecret(path);
  // OpenSSL would take a file without any for one that trusts nobody.
  if (text.includes(expected)) return text;
  throw new ProbeFault('unreadable', `${path} holds no ${expected.slice(0, -5).toLowerCase()} (PEM)`);
}

function contextOf(
  [ca, cert, key]: readonly Text[],
  { caFile, certFile, keyFile }: TlsSettings,
): SecureContext {
  try {
    return createSecureContext({
      ...(ca === undefined ? {} : { ca }),
      ...(cert === undefined ? {} : { cert }),
      ...(key === undefined ? {} : { key }),
    });
  } catch (thrown) {
    const files = [caFile, certFile, keyFile].filter((file) => file !== undefined).join(', ');
    const why = codeOf(thrown) ?? 'no reason given';
    throw new ProbeFault('unreadable', `${files}: OpenSSL takes no such certificate or key (${why})`);
  }
}
