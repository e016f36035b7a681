import type { PageFormat } from '../metrics/format.ts';

/** One entry of an `Accept` or `Accept-Encoding` header. */
interface Wish {
  /** In lower case, as in `text/plain` or `gzip`. */
  readonly what: string;
  readonly parameters: ReadonlyMap<string, string>;
  /** From 0, which is a refusal, to 1. */
  readonly quality: number;
}

/** The entries of a header in their order; one whose q is no number from 0 to 1 is left out. */
function parseWishes(header: string): readonly Wish[] {
  return header.split(',').flatMap((entry) => {
    const [what = '', ...pairs] = entry.split(';').map((part) => part.trim());
    const parameters = new Map(pairs.map(parseParameter));
    const quality = qualityOf(parameters.get('q'));
    return what !== '' && quality >= 0 && quality <= 1
      ? [{ what: what.toLowerCase(), parameters, quality }]
      : [];
  });
}

function qualityOf(text = '1'): number {
  return text === '' ? Number.NaN : Number(text);
}

function parseParameter(pair: string): readonly [string, string] {
  const at = pair.indexOf('=');
  const value = pair.slice(at + 1).trim();
  return [pair.slice(0, at).trim().toLowerCase(), value.replace(/^"(.*)"$/, '$1')];
}

/** What each format answers to, most exact first, and its version. */
const OFFERS = {
  text: { ranges: ['text/plain', 'text/*', '*/*'], version: '0.0.4' },
  openmetrics: { ranges: ['application/openmetrics-text', 'application/*', '*/*'], version: '1.0.0' },
} as const;

/**
 * The format that an `Accept` header asks for.
 *
 * The higher q wins, then what stands first, then the text format. That is also the answer to a header that
 * asks for neither: a page that somebody may be able to read is better than a refusal.
 */
export function acceptedFormat(accept: string | undefined): PageFormat {
  const wishes = parseWishes(accept ?? '');
  const text = wishFor('text', wishes);
  const openmetrics = wishFor('openmetrics', wishes);
  if (openmetrics === undefined || openmetrics.quality === 0) return 'text';
  if (text === undefined || openmetrics.quality > text.quality) return 'openmetrics';
  const earlier = wishes.indexOf(openmetrics) < wishes.indexOf(text);
  return openmetrics.quality === text.quality && earlier ? 'openmetrics' : 'text';
}

/** The most exact entry that a format answers to; one with its version is more exact than one without. */
function wishFor(format: PageFormat, wishes: readonly Wish[]): Wish | undefined {
  const { ranges, version } = OFFERS[format];
  for (const range of ranges) {
    const named = wishes.filter(({ what }) => what === range);
    const found =
      named.find(({ parameters }) => parameters.get('version') === version) ??
      named.find(({ parameters }) => !parameters.has('version'));
    if (found !== undefined) return found;
  }
  return undefined;
}

/** Whether an `Accept-Encoding` header takes gzip, and likes it no less than the page as it is. */
export function acceptsGzip(acceptEncoding: string | undefined): boolean {
  const wishes = parseWishes(acceptEncoding ?? '');
  const wished = (...names: readonly string[]) => wishes.find(({ what }) => names.includes(what))?.quality;
  const gzip = wished('gzip', 'x-gzip') ?? wished('*') ?? 0;
  return gzip > 0 && gzip >= (wished('identity') ?? 0);
}
