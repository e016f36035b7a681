import { constants, createPrivateKey, type KeyObject, X509Certificate } from 'node:crypto';
import { createSecureContext, type SecureContextOptions } from 'node:tls';
import { messageOf } from '../../domain/errors.ts';
import type { TlsSettings } from '../../domain/web-config.ts';

/** A text in PEM and where it comes from. */
export interface PemText {
  /** As in `tls_server_config.key_file`. */
  readonly setting: string;
  /** For people: the file's name, or `the configuration`. */
  readonly origin: string;
  readonly text: string;
}

/** The texts that TLS needs. */
export interface PemTexts {
  readonly certificate: PemText;
  readonly key: PemText;
  readonly clientCa: PemText | undefined;
}

/**
 * What Node's TLS is given for these settings.
 *
 * Throws an Error that names the setting and the file if a text is not what it should be, the key does not fit
 * its certificate, or OpenSSL takes none of it.
 */
export function secureContextOptions(tls: TlsSettings, pems: PemTexts): SecureContextOptions {
  checkKey(pems.certificate, pems.key);
  if (pems.clientCa !== undefined) checkAuthorities(pems.clientCa);
  const options: SecureContextOptions = {
    cert: pems.certificate.text,
    key: pems.key.text,
    ca: pems.clientCa?.text,
    minVersion: tls.minVersion,
    maxVersion: tls.maxVersion,
    ciphers: cipherList(tls),
    honorCipherOrder: tls.preferServerCipherSuites,
    ecdhCurve: tls.curves.length === 0 ? 'auto' : tls.curves.join(':'),
    // A resumed session would carry the verdict about a client's certificate past a change of the settings.
    secureOptions: constants.SSL_OP_NO_TICKET,
  };
  try {
    createSecureContext(options);
  } catch (thrown) {
    throw new Error(`tls_server_config: OpenSSL does not take it: ${messageOf(thrown)}`, { cause: thrown });
  }
  return options;
}

/** From OpenSSL 3 on, TLS before 1.2 works only with its checks of strength off, since it signs with SHA-1. */
function cipherList({ cipherSuites, minVersion }: TlsSettings): string {
  const old = minVersion === 'TLSv1' || minVersion === 'TLSv1.1';
  return [...cipherSuites, ...(old ? ['@SECLEVEL=0'] : [])].join(':');
}

function checkKey(certificate: PemText, key: PemText): void {
  if (parseCertificate(certificate, certificate.text).checkPrivateKey(parseKey(key))) return;
  throw new Error(
    `${key.setting}: the key in ${key.origin} does not fit the certificate in ${certificate.origin}`,
  );
}

function parseKey({ setting, origin, text }: PemText): KeyObject {
  try {
    return createPrivateKey(text);
  } catch (thrown) {
    throw new Error(
      `${setting}: expected a private key in PEM, without a passphrase, in ${origin}: ${messageOf(thrown)}`,
      { cause: thrown },
    );
  }
}

function parseCertificate({ setting, origin }: PemText, text: string): X509Certificate {
  try {
    return new X509Certificate(text);
  } catch (thrown) {
    throw new Error(`${setting}: expected a certificate in PEM in ${origin}: ${messageOf(thrown)}`, {
      cause: thrown,
    });
  }
}

const CERTIFICATE = /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g;

/** OpenSSL trusts no authority whose own chain it cannot follow to a root; Go would. */
function checkAuthorities(pem: PemText): void {
  const all = (pem.text.match(CERTIFICATE) ?? []).map((text) => parseCertificate(pem, text));
  if (all.length === 0) throw new Error(`${pem.setting}: there is no certificate in ${pem.origin}`);
  const lost = all.find((one) => !all.some((other) => one.checkIssued(other)));
  if (lost === undefined) return;
  const subject = lost.subject.replaceAll('\n', ', ');
  throw new Error(
    `${pem.setting}: add the authority that signed ${subject} to ${pem.origin}, up to the root: without, no client can be verified`,
  );
}
