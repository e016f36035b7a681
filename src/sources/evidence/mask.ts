import { maskPem } from './mask-pem.ts';
import { maskTokens } from './mask-tokens.ts';
import { maskValues } from './mask-values.ts';

/**
 * A text without the secrets that can be told by how they look, or by what stands before them.
 *
 * Private keys (PEM), tokens of a known make, JWTs, AWS keys; what follows Authorization, Cookie and Bearer; users and
 * passwords in URLs; values of names such as password, token and api_key. In doubt more is masked than need be. Line
 * breaks stay. Takes time in proportion to the text: nothing in here looks at a character more often than a fixed
 * number of times. A secret that looks like a word, with nothing before it, cannot be told.
 */
export function maskSecrets(text: string): string {
  return maskTokens(maskValues(maskPem(text)));
}

/** Messages of one writer, which may have written one secret over several of them. */
export function maskMessages(texts: readonly string[]): readonly string[] {
  const lines = maskSecrets(texts.join('\n')).split('\n');
  let at = 0;
  return texts.map((text) => {
    const own = text.split('\n').length;
    at += own;
    return lines.slice(at - own, at).join('\n');
  });
}
