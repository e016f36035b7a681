/** One record of the kernel's log. */
export interface KernelRecord {
  /** 0 is the kernel itself; programs that write to its log have others, and cannot have 0. */
  readonly facility: number;
  /** Whether it goes on with the record before it. */
  readonly continues: boolean;
  /** Which task or CPU wrote it; empty unless the kernel says (`CONFIG_PRINTK_CALLER`). */
  readonly caller: string;
  /** May have several lines. */
  readonly text: string;
}

/** A record as `/dev/kmsg` numbers it. */
export interface KmsgRecord extends KernelRecord {
  readonly seq: number;
  /** Seconds on the kernel's own clock, which starts with the machine. */
  readonly sinceBoot: number;
}

/** `prio,seq,usec,flags[,key=value...];text`; lines that follow belong to the device, not to the text. */
const RECORD = /^(\d{1,10}),(\d{1,20}),(\d{1,20}),([^,;]*)((?:,[^,;]*)*);(.*)/;

const CALLER = /,caller=([^,;]+)/;

/** Longer texts are cut: the kernel's are at most 2048 bytes (8192 before Linux 6.1). */
const LONGEST_TEXT = 8192;

/**
 * One record of `/dev/kmsg`; undefined for what is none.
 *
 * Source: Documentation/ABI/testing/dev-kmsg of the kernel.
 */
export function parseKmsgRecord(raw: string): KmsgRecord | undefined {
  const match = RECORD.exec(raw);
  if (match === null) return undefined;
  const [, priority, seq, micros, flags = '', more = '', text = ''] = match;
  return {
    facility: Math.floor(Number(priority) / 8),
    seq: Number(seq),
    sinceBoot: Number(micros) / 1e6,
    // `c` since Linux 4.10; before it, `c` was the first fragment and `+` the others.
    continues: flags.includes('c') || flags.includes('+'),
    caller: CALLER.exec(more)?.[1] ?? '',
    text: unescapeKmsg(text.slice(0, LONGEST_TEXT)),
  };
}

const ESCAPES = /(?:\\x[0-9a-f]{2})+/gi;

/** The kernel writes what is not printable ASCII, and the backslash, as `\xHH`, byte by byte. */
function unescapeKmsg(text: string): string {
  if (!text.includes('\\x')) return text;
  return text.replace(ESCAPES, (run) => Buffer.from(run.replaceAll('\\x', ''), 'hex').toString('utf8'));
}
