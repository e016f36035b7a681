import type { X509Certificate } from 'node:crypto';
import type { TlsSettings } from '../../domain/web-config.ts';
import { alternativeNames, canonicalName } from './alternative-names.ts';

/** What the handshake has found out about a client. */
export interface ClientIdentity {
  readonly certificate: X509Certificate | undefined;
  /** Whether one of our authorities has signed it. */
  readonly verified: boolean;
}

/** Why a client is not let in, or undefined if it is. */
export function clientRefusal(
  { clientAuth, allowedSans }: TlsSettings,
  { certificate, verified }: ClientIdentity,
): string | undefined {
  const needed = clientAuth === 'RequireAnyClientCert' || clientAuth === 'RequireAndVerifyClientCert';
  const checked = clientAuth === 'VerifyClientCertIfGiven' || clientAuth === 'RequireAndVerifyClientCert';
  if (certificate === undefined) return needed ? 'the client has shown no certificate' : undefined;
  if (checked && !verified) return 'the client certificate is not signed by one of client_ca';
  if (!needed || allowedSans.length === 0) return undefined;
  const allowed = new Set(allowedSans.map(canonicalName));
  const known = alternativeNames(certificate.subjectAltName).some((name) => allowed.has(name));
  return known ? undefined : 'the client certificate has none of client_allowed_sans';
}
