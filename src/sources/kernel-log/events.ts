import type { KernelEvent, OomKillEvent } from '../../domain/kernel-log.ts';
import { parseGpuDriver } from './gpu-drivers.ts';
import { parseNvrm } from './nvrm.ts';
import { type OomChoice, parseOomChoice, parseOomVictim } from './oom.ts';
import type { KernelRecord } from './record.ts';
import { parseFilesystemError, parseIoError } from './storage.ts';
import { parseThrottle } from './throttle.ts';

/** Records of others that may come between the parts of one sentence: several CPUs write at once. */
const PATIENCE = 16;

/** Longer sentences are not put together. */
const LONGEST_JOINED = 16_384;

/** Where a sentence about a lost GPU begins, and how it goes on in records of its own. */
const LOSS_BEGINS = /^NVRM: The NVIDIA GPU \S{1,24}\s*$/;
const LOSS_GOES_ON = /^NVRM: (?:\(PCI ID: [^\n]{1,80}|fallen off the bus[^\n]{0,80})\s*$/;

/** The beginning of a sentence, which may be waiting for the rest. */
interface Open {
  text: string;
  /** How many records have come since. */
  age: number;
}

interface Line extends Open {
  /** Whether it has told its event. */
  told: boolean;
}

/**
 * Gives a function from records to what they tell; it is given all records, in their order.
 *
 * Only the kernel's own records count. A text is looked at from its beginning: programs' names and files' names,
 * which anybody may choose, stand in the middle of the kernel's sentences, line breaks in them included.
 */
export function createEventReader(): (record: KernelRecord) => KernelEvent | undefined {
  const lineOf = createFragmentJoiner();
  const joinLoss = createLossJoiner();
  const readOom = createOomReader();
  return (record) => {
    const line = record.facility === 0 ? lineOf(record) : undefined;
    // What the beginning has told already is not told again with the rest.
    if (line === undefined || line.told) return undefined;
    const event = readOom(line.text) ?? eventIn(joinLoss(line.text));
    line.told = event !== undefined;
    return event;
  };
}

function eventIn(text: string): KernelEvent | undefined {
  return (
    parseNvrm(text) ??
    parseIoError(text) ??
    parseFilesystemError(text) ??
    parseThrottle(text) ??
    parseGpuDriver(text)
  );
}

/**
 * Puts fragments after the record that they go on with: the last one of the same writer.
 *
 * A fragment alone is nothing: a name that anybody may choose can stand at its beginning.
 */
function createFragmentJoiner(): (record: KernelRecord) => Line | undefined {
  const lines = new Map<string, Line>();

  function goOn(line: Line | undefined, text: string): Line | undefined {
    if (line === undefined) return undefined;
    line.text = (line.text + text).slice(0, LONGEST_JOINED);
    line.age = 0;
    return line;
  }

  return ({ continues, caller, text }) => {
    forgetOld(lines);
    const before = lines.get(caller);
    if (continues) return goOn(before, text);
    const line: Line = { text, age: 0, told: false };
    // Where writers have no names, a record that comes between must not take the place of one that waits.
    if (!isUnfinished(before?.text)) lines.set(caller, line);
    return line;
  };
}

function forgetOld(lines: Map<string, Line>): void {
  for (const [writer, line] of lines) {
    line.age += 1;
    if (line.age > PATIENCE) lines.delete(writer);
  }
}

/** The one sentence that matters here and is written in pieces. */
function isUnfinished(text: string | undefined): boolean {
  return text?.startsWith('oom-kill:constraint=') === true && parseOomChoice(text) === undefined;
}

/** Puts the three records of a lost GPU together; others pass as they are. */
function createLossJoiner(): (text: string) => string {
  let open: Open | undefined;
  return (text) => {
    if (LOSS_BEGINS.test(text)) {
      open = { text, age: 0 };
      return text;
    }
    if (open === undefined) return text;
    open.age += 1;
    if (open.age > PATIENCE) open = undefined;
    if (open === undefined || !LOSS_GOES_ON.test(text)) return text;
    const { text: before } = open;
    open = text.includes('fallen off') ? undefined : { text: `${before}\n${text}`, age: 0 };
    return `${before}\n${text}`;
  };
}

/** Remembers who was chosen until the kernel says that it was killed. */
function createOomReader(): (text: string) => OomKillEvent | undefined {
  let choice: OomChoice | undefined;
  return (text) => {
    const chosen = parseOomChoice(text);
    if (chosen !== undefined) {
      choice = chosen;
      return undefined;
    }
    const victim = parseOomVictim(text);
    if (victim === undefined) return undefined;
    const isOfChoice = choice !== undefined && (choice.pid === undefined || choice.pid === victim.pid);
    return { kind: 'oom-kill', ...victim, cgroup: isOfChoice ? (choice?.cgroup ?? '') : '' };
  };
}
