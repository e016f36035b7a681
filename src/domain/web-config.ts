/** How both listeners are secured, in the terms of exporter-toolkit's web configuration. */
export interface WebConfig {
  /** None: plain HTTP. */
  readonly tls: TlsSettings | undefined;
  /** Headers of every answer. */
  readonly headers: ReadonlyMap<string, string>;
  /** User name to bcrypt hash; none: nobody is asked for a password. */
  readonly users: ReadonlyMap<string, string>;
  /** None: as many requests as come. */
  readonly rateLimit: RateLimit | undefined;
}

/** How TLS is spoken. */
export interface TlsSettings {
  readonly certificate: Pem;
  readonly key: Pem;
  /** Authorities whose client certificates are taken. */
  readonly clientCa: Pem | undefined;
  readonly clientAuth: ClientAuth;
  /** Alternative names of which a client's certificate must have one; none: any will do. */
  readonly allowedSans: readonly string[];
  readonly minVersion: TlsVersion;
  readonly maxVersion: TlsVersion;
  /** OpenSSL's names, in order of preference. */
  readonly cipherSuites: readonly string[];
  /** OpenSSL's names, in order of preference; none: OpenSSL's own choice. */
  readonly curves: readonly string[];
  readonly preferServerCipherSuites: boolean;
}

/** A certificate or key in PEM: the name of its file, as it was written, or its text. */
export type Pem =
  | { readonly kind: 'file'; readonly path: string }
  | { readonly kind: 'inline'; readonly text: string };

/** What is asked of clients, from nothing to a certificate that one of the authorities has signed. */
export const CLIENT_AUTH = [
  'NoClientCert',
  'RequestClientCert',
  'RequireAnyClientCert',
  'VerifyClientCertIfGiven',
  'RequireAndVerifyClientCert',
] as const;

/** One of the ways to ask clients for certificates; the names are those of Go's `tls.ClientAuthType`. */
export type ClientAuth = (typeof CLIENT_AUTH)[number];

/** The versions of TLS in ascending order, by OpenSSL's names. */
export const TLS_VERSIONS = ['TLSv1', 'TLSv1.1', 'TLSv1.2', 'TLSv1.3'] as const;

/** A version of TLS. */
export type TlsVersion = (typeof TLS_VERSIONS)[number];

/** One request each `intervalSeconds`, and `burst` at once after a rest. */
export interface RateLimit {
  readonly intervalSeconds: number;
  readonly burst: number;
}
