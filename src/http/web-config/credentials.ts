/** A name and a password, as a client has sent them. */
export interface Credentials {
  readonly user: string;
  /** Bytes, since nobody says in which encoding a password is. */
  readonly password: Buffer;
}

const BASIC = /^Basic +([A-Za-z0-9+/]+={0,2}) *$/i;

/** The credentials of an `Authorization: Basic` header, or undefined if it is none (RFC 7617). */
export function parseCredentials(authorization: string | undefined): Credentials | undefined {
  const encoded = BASIC.exec(authorization ?? '')?.[1];
  if (encoded === undefined) return undefined;
  const bytes = Buffer.from(encoded, 'base64');
  const colon = bytes.indexOf(':');
  if (colon === -1) return undefined;
  return { user: bytes.toString('utf8', 0, colon), password: bytes.subarray(colon + 1) };
}
