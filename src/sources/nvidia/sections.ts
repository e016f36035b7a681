import { endOfName, LONGEST_NAME, shownName } from './process-name.ts';

/** What is told about the documents in a text. */
export interface SectionEvents {
  /** A document begins. */
  begin(): void;
  /** The next part of it, from `<?xml` on; names of processes hold no tags any more. */
  text(text: string): void;
  /** It is whole. */
  end(): void;
  /** What stands before the first document, or after and between them. */
  outside(text: string): void;
}

/** Tells documents apart in a text that comes in parts. */
export interface SectionReader {
  write(text: string): void;
  /** There is no more: hands on what was held back. */
  end(): void;
  /** Whether a document has begun that is not whole yet. */
  isInside(): boolean;
}

type State = 'outside' | 'inside' | 'clocks' | 'name';

const BEGIN = /<\?xml|<nvidia_smi_log/g;
const MARK_INSIDE = /<supported_clocks>|<process_name>|<\/nvidia_smi_log>/g;
const CLOCKS_END = /<\/supported_clocks>/g;
/** A mark may be cut in two by the parts that the text comes in: so much is held back. */
const LONGEST_MARK = '</supported_clocks>'.length;
/** So much of what was handed on is remembered: how far a line is indented. */
const LONGEST_INDENT = 64;

/**
 * Finds the documents of nvidia-smi in what it prints, errors of the driver between them included.
 *
 * `supported_clocks`, 85 % of the document of a desktop card, is cut out. The name of a process, which is whatever
 * its user wants, is made text before anything else is looked for in it.
 */
export function createSectionReader(events: SectionEvents): SectionReader {
  let state: State = 'outside';
  let pending = '';
  let before = '';
  let isOver = false;

  /** Hands on all before the mark and stands at it, or hands on what cannot be part of one and stays. */
  function upTo(mark: RegExp, give: (text: string) => void): string | undefined {
    mark.lastIndex = 0;
    const found = mark.exec(pending);
    const end = found?.index ?? (isOver ? pending.length : Math.max(0, pending.length - LONGEST_MARK));
    if (end > 0) give(pending.slice(0, end));
    pending = pending.slice(end);
    return found?.[0];
  }

  function giveText(text: string): void {
    before = (before + text).slice(-LONGEST_INDENT);
    events.text(text);
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
      const mark = upTo(MARK_INSIDE, giveText);
      if (mark === undefined) return false;
      if (mark === '<supported_clocks>') {
        take(mark, 'clocks');
        return true;
      }
      if (mark === '<process_name>') {
        take(mark, 'name');
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
    name() {
      const isAll = isOver || pending.length >= LONGEST_NAME;
      const end = endOfName(pending, before, isAll);
      if (end === undefined) return false;
      giveText(`<process_name>${shownName(pending.slice(0, end))}`);
      pending = pending.slice(end);
      state = 'inside';
      return true;
    },
  };

  function goOn(): void {
    while (steps[state]());
  }

  return {
    write(text) {
      pending += text;
      goOn();
    },
    end() {
      isOver = true;
      goOn();
    },
    isInside: () => state !== 'outside',
  };
}
