/** Makes a text fit to be told: each secret in it is replaced. */
export type Scrub = (text: string) => string;

const MASK = '<secret>';

/** Replaces secrets, also where they are written as in JSON, or in a URL. The longest first, as one may hold another. */
export function scrubOf(secrets: Iterable<string>): Scrub {
  const forms = [...secrets]
    .flatMap((secret) => [secret, JSON.stringify(secret).slice(1, -1), encodeURIComponent(secret)])
    .filter((form) => form !== '')
    .sort((a, b) => b.length - a.length);
  return (text) => forms.reduce((scrubbed, form) => scrubbed.replaceAll(form, MASK), text);
}

/** How much of an answer is told to people. */
const EXCERPT_LENGTH = 200;

/** The beginning of what came, without secrets, in quotes, and on one line. */
export function excerpt(text: string, scrub: Scrub): string {
  const scrubbed = scrub(text);
  const cut = scrubbed.length > EXCERPT_LENGTH;
  return `${JSON.stringify(scrubbed.slice(0, EXCERPT_LENGTH))}${cut ? ' and so on' : ''}`;
}
