/** Cuts what comes in parts into lines. */
export interface LineCutter {
  /** The lines that end in this part; undefined stands for one that was too long. */
  add(part: Buffer): readonly (string | undefined)[];
  /** Forgets a line that has begun: it is not going on. */
  reset(): void;
}

const NEWLINE = 0x0a;

/** Gives a cutter of lines, of `longest` bytes at most. */
export function createLineCutter(longest: number): LineCutter {
  let begun: Buffer[] = [];
  let begunBytes = 0;

  function forget(): void {
    begun = [];
    begunBytes = 0;
  }

  function keep(part: Buffer): void {
    // Of a line that is too long already only the length matters.
    if (begunBytes <= longest) begun.push(part);
    begunBytes += part.length;
    if (begunBytes > longest) begun = [];
  }

  function end(part: Buffer): string | undefined {
    const isWhole = begunBytes + part.length <= longest;
    const line = begun.length === 0 ? part : Buffer.concat([...begun, part]);
    forget();
    return isWhole ? line.toString('utf8') : undefined;
  }

  return {
    add(part) {
      const lines: (string | undefined)[] = [];
      let start = 0;
      for (let at = part.indexOf(NEWLINE); at !== -1; at = part.indexOf(NEWLINE, start)) {
        lines.push(end(part.subarray(start, at)));
        start = at + 1;
      }
      if (start < part.length) keep(part.subarray(start));
      return lines;
    },
    reset: forget,
  };
}
