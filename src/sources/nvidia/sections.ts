/** What is told about the documents in a text. */
export interface SectionEvents {
  /** A document begins. */
  begin(): void;
  /** The next part of it, from `<?xml` on. */
  text(text: string): void;
  /** It is whole. */
  end(): void;
  /** What stands before the first document, or after and between them. */
  outside(text: string): void;
}

/** Tells documents apart in a text that comes in parts. */
export interface SectionReader {
  write(text: string): void;
  /** Whether a document has begun that is not whole yet. */
  isInside(): boolean;
}

type State = 'outside' | 'inside' | 'clocks';

const BEGIN = /<\?xml|<nvidia_smi_log/g;
const CLOCKS_OR_END = /<supported_clocks>|<\/nvidia_smi_log>/g;
const CLOCKS_END = /<\/supported_clocks>/g;
/** A mark may be cut in two by the parts that the text comes in: so much is held back. */
const LONGEST_MARK = '</supported_clocks>'.length;

/**
 * Finds the documents of nvidia-smi in what it prints, errors of the driver between them included.
 *
 * `supported_clocks`, 85 % of the document of a desktop card, is cut out.
 */
export function createSectionReader(events: SectionEvents): SectionReader {
  let state: State = 'outside';
  let pending = '';

  /** Hands on all before the mark and stands at it, or hands on what cannot be part of one and stays. */
  function upTo(mark: RegExp, give: (text: string) => void): string | undefined {
    mark.lastIndex = 0;
    const found = mark.exec(pending);
    const end = found?.index ?? Math.max(0, pending.length - LONGEST_MARK);
    if (end > 0) give(pending.slice(0, end));
    pending = pending.slice(end);
    return found?.[0];
  }

  function take(mark: string, next: State): void {
    pending = pending.slice(mark.length);
    state = next;
  }

  /** One step; false when more text is needed. */
  const steps: Readonly<Record<State, () => boolean>> = {
    outside() {
      if (upTo(BEGIN, events.outside) === undefined) return false;
      state = 'inside';
      events.begin();
      return true;
    },
    inside() {
      const mark = upTo(CLOCKS_OR_END, events.text);
      if (mark === undefined) return false;
      if (mark === '<supported_clocks>') {
        take(mark, 'clocks');
        return true;
      }
      events.text(mark);
      take(mark, 'outside');
      events.end();
      return true;
    },
    clocks() {
      const mark = upTo(CLOCKS_END, () => undefined);
      if (mark === undefined) return false;
      take(mark, 'inside');
      return true;
    },
  };

  return {
    write(text) {
      pending += text;
      while (steps[state]());
    },
    isInside: () => state !== 'outside',
  };
}
