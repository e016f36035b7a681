import { createHash, timingSafeEqual } from 'node:crypto';

/** Whether an `Authorization` header shows one of the tokens. */
export type TokenCheck = (authorization: string | undefined) => boolean;

const BEARER = /^Bearer +(\S+) *$/i;

/**
 * A check against a file of bearer tokens, one a line; two while one is being replaced.
 *
 * Digests of the same length are compared, all of them, in constant time: how long it takes tells nothing
 * about the token. Without any token nobody passes.
 */
export function createTokenCheck(file: string): TokenCheck {
  const digests = file
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '')
    .map(digestOf);
  return (authorization) => {
    const given = digestOf(BEARER.exec(authorization ?? '')?.[1] ?? '');
    return digests.map((digest) => timingSafeEqual(digest, given)).includes(true);
  };
}

function digestOf(token: string): Buffer {
  return createHash('sha256').update(token).digest();
}
