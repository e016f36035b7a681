import type { Pem, RateLimit, TlsSettings, WebConfig } from '../domain/web-config.ts';
import { readDocument } from './document.ts';
import { type Problem, schemaProblems } from './explain.ts';
import { SUITES_12, SUITES_13 } from './tls-names.ts';
import { webCrossProblems } from './web-cross-check.ts';
import { type WrittenWebConfig, webSchema } from './web-schema.ts';

/** A web configuration, or everything that is wrong with its text. */
export type WebLoadResult =
  | { readonly ok: true; readonly config: WebConfig }
  | { readonly ok: false; readonly problems: readonly Problem[] };

/**
 * Reads a web configuration's text, in the format of Prometheus's exporter-toolkit.
 *
 * All problems are reported at once, each with its place in the text. An empty text secures nothing. Source:
 * https://github.com/prometheus/exporter-toolkit/blob/master/docs/web-configuration.md, of version 0.17.
 */
export function loadWebConfig(text: string): WebLoadResult {
  const document = readDocument(text);
  if (!document.ok) return document;
  const written = webSchema.safeParse(document.raw, { reportInput: true });
  const found = [
    ...(written.success ? [] : schemaProblems(written.error)),
    ...webCrossProblems(document.raw),
  ];
  if (!written.success || found.length > 0) return { ok: false, problems: document.locate(found) };
  return { ok: true, config: webConfigOf(written.data) };
}

function webConfigOf(written: WrittenWebConfig): WebConfig {
  const { headers } = written.http_server_config;
  return {
    tls: written.tls_server_config === undefined ? undefined : tlsOf(written.tls_server_config),
    headers: new Map(
      Object.entries(headers).flatMap(([name, value]) => (value ? [[name, value] as const] : [])),
    ),
    users: written.basic_auth_users,
    rateLimit: rateLimitOf(written.rate_limit),
  };
}

type WrittenTls = NonNullable<WrittenWebConfig['tls_server_config']>;

function tlsOf(written: WrittenTls): TlsSettings {
  const chosen = written.cipher_suites.filter((suite) => !SUITES_13.includes(suite));
  return {
    certificate: pemOf(written.cert_file, written.cert),
    key: pemOf(written.key_file, written.key),
    clientCa:
      written.client_ca_file === undefined && written.client_ca === undefined
        ? undefined
        : pemOf(written.client_ca_file, written.client_ca),
    clientAuth: written.client_auth_type,
    allowedSans: written.client_allowed_sans ?? [],
    minVersion: written.min_version,
    maxVersion: written.max_version,
    cipherSuites: [...SUITES_13, ...(written.cipher_suites.length === 0 ? SUITES_12.values() : chosen)],
    curves: written.curve_preferences,
    preferServerCipherSuites: written.prefer_server_cipher_suites,
  };
}

function pemOf(path: string | undefined, text: string | undefined): Pem {
  return path === undefined ? { kind: 'inline', text: text ?? '' } : { kind: 'file', path };
}

function rateLimitOf({ interval, burst }: WrittenWebConfig['rate_limit']): RateLimit | undefined {
  return interval === 0 ? undefined : { intervalSeconds: interval, burst };
}
