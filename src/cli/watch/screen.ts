/** How much room there is. Undefined is no limit, as in a file. */
export interface Room {
  readonly columns: number | undefined;
  readonly rows: number | undefined;
}

/** Something that is shown, made for the room that there is. */
export type Frame = (room: Room) => readonly string[];

/** Where frames are shown, each in place of the last one. */
export interface Screen {
  show(frame: Frame): void;
  /** Shows the last frame again, as after the terminal has changed its size or somebody else wrote on it. */
  repaint(): void;
  /** Gives the terminal back as it was. */
  close(): void;
}

/** What is needed of a terminal; `process.stdout` is one. */
export interface Terminal {
  readonly columns?: number | undefined;
  readonly rows?: number | undefined;
  write(text: string): unknown;
}

/** What a terminal is taken for that does not tell its size. */
const USUAL = { columns: 80, rows: 24 };

/** The alternate screen keeps what was on the terminal; the cursor would only flicker about. */
const OPEN = '\u001b[?1049h\u001b[?25l';
const CLOSE = '\u001b[?25h\u001b[?1049l';
const HOME = '\u001b[H';
/** To the end of the line. Before it is written: a terminal whose last column is full would erase that. */
const CLEAR_LINE = '\u001b[K';
const CLEAR_BELOW = '\u001b[J';

/** The room on a terminal. */
export function roomOf({ columns, rows }: Terminal): Room & typeof USUAL {
  // 0 is what a pseudo-terminal says to which nobody has given a size.
  return { columns: columns || USUAL.columns, rows: rows || USUAL.rows };
}

/** Paints frames over each other on a terminal's alternate screen. */
export function createTerminalScreen(terminal: Terminal): Screen {
  let shown: Frame | undefined;
  let open = false;

  function show(frame: Frame): void {
    const room = roomOf(terminal);
    const lines = frame(room).slice(0, room.rows);
    const text = lines.map((line) => `${CLEAR_LINE}${line}`).join('\n');
    // No newline after the last line: on the last row it would push the first one out.
    const below = lines.length < room.rows ? `\n${CLEAR_BELOW}` : '';
    terminal.write(`${open ? '' : OPEN}${HOME}${text}${below}`);
    open = true;
    shown = frame;
  }

  return {
    show,
    repaint() {
      if (shown !== undefined) show(shown);
    },
    close() {
      if (open) terminal.write(CLOSE);
      open = false;
    },
  };
}

/** Writes frames one after the other, a blank line between them: for files and pipes. */
export function createPlainScreen(out: Pick<Terminal, 'write'>): Screen {
  let separator = '';
  return {
    show(frame) {
      const lines = frame({ columns: undefined, rows: undefined });
      out.write(`${separator}${lines.map((line) => `${line}\n`).join('')}`);
      separator = '\n';
    },
    repaint: () => undefined,
    close: () => undefined,
  };
}
