import { createHash } from 'node:crypto';
import { createSecureContext, type SecureContext } from 'node:tls';

/** Texts in PEM; undefined: the authorities that Node knows, and no certificate of one's own. */
export interface PemTexts {
  readonly ca: string | undefined;
  readonly cert: string | undefined;
  readonly key: string | undefined;
}

/** Gives what secure connections are made with. Throws what OpenSSL says of texts that it does not take. */
export type TlsContexts = (texts: PemTexts) => SecureContext;

/**
 * Contexts, one for the same texts, whoever asks, and for as long as somebody has it.
 *
 * To read all authorities of a system takes some 20 ms and 1 MB, which a probe each would cost. Of the texts only a
 * hash is kept.
 */
export function createTlsContexts(): TlsContexts {
  const known = new Map<string, WeakRef<SecureContext>>();
  return (texts) => {
    const mark = markOf(texts);
    const shared = known.get(mark)?.deref();
    if (shared !== undefined) return shared;
    for (const [one, context] of known) if (context.deref() === undefined) known.delete(one);
    const context = createSecureContext(withoutUndefined(texts));
    known.set(mark, new WeakRef(context));
    return context;
  };
}

function markOf({ ca, cert, key }: PemTexts): string {
  return createHash('sha256')
    .update(JSON.stringify([ca, cert, key]))
    .digest('base64');
}

function withoutUndefined(texts: PemTexts): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(texts).filter(([, text]) => text !== undefined));
}
