import { describe, expect, it } from 'vitest';
import {
  createPlainScreen,
  createTerminalScreen,
  type Frame,
  roomOf,
} from '../../../src/cli/watch/screen.ts';

const OPEN = '\u001b[?1049h\u001b[?25l';
const CLOSE = '\u001b[?25h\u001b[?1049l';

/** A terminal that notes what is written to it; its size may change. */
function terminalOf(columns: number, rows: number) {
  const written: string[] = [];
  return {
    columns,
    rows,
    write: (text: string) => written.push(text),
    taken: () => written.splice(0).join(''),
  };
}

const sized: Frame = ({ columns, rows }) => [`${columns}`, `${rows}`];
const lines =
  (...texts: readonly string[]): Frame =>
  () =>
    texts;

describe('a screen on a terminal', () => {
  it('paints each frame over the last one, on a screen of its own', () => {
    const terminal = terminalOf(80, 24);
    const screen = createTerminalScreen(terminal);
    screen.show(lines('one', 'two'));
    expect(terminal.taken()).toBe(`${OPEN}\u001b[H\u001b[Kone\n\u001b[Ktwo\n\u001b[J`);
    screen.show(lines('three'));
    expect(terminal.taken()).toBe('\u001b[H\u001b[Kthree\n\u001b[J');
    screen.close();
    expect(terminal.taken()).toBe(CLOSE);
  });

  it('fills the last row without pushing the first one out', () => {
    const terminal = terminalOf(80, 2);
    createTerminalScreen(terminal).show(lines('one', 'two', 'three'));
    expect(terminal.taken()).toBe(`${OPEN}\u001b[H\u001b[Kone\n\u001b[Ktwo`);
  });

  it('paints the last frame again, for the size that the terminal has then', () => {
    const terminal = terminalOf(80, 24);
    const screen = createTerminalScreen(terminal);
    screen.repaint();
    expect(terminal.taken()).toBe('');
    screen.show(sized);
    terminal.taken();
    Object.assign(terminal, { columns: 100, rows: 50 });
    screen.repaint();
    expect(terminal.taken()).toBe('\u001b[H\u001b[K100\n\u001b[K50\n\u001b[J');
  });

  it('gives the terminal back once, and takes it anew to paint', () => {
    const terminal = terminalOf(80, 24);
    const screen = createTerminalScreen(terminal);
    screen.close();
    expect(terminal.taken()).toBe('');
    screen.show(lines('one'));
    screen.close();
    screen.close();
    expect(terminal.taken().split(CLOSE)).toHaveLength(2);
    screen.repaint();
    expect(terminal.taken()).toContain(`${OPEN}\u001b[H\u001b[Kone`);
  });
});

describe('roomOf', () => {
  it.each([
    [
      { columns: 120, rows: 40 },
      { columns: 120, rows: 40 },
    ],
    [
      { columns: 0, rows: 0 },
      { columns: 80, rows: 24 },
    ],
    [{}, { columns: 80, rows: 24 }],
  ])('of %j is %j', (size, room) => {
    expect(roomOf({ ...size, write: () => undefined })).toEqual(room);
  });
});

describe('a screen that is a file or a pipe', () => {
  it('has one frame after the other, a blank line between them, and as much room as they want', () => {
    const written: string[] = [];
    const screen = createPlainScreen({ write: (text) => written.push(text) });
    screen.show(sized);
    screen.show(lines('one', 'two'));
    screen.repaint();
    screen.close();
    expect(written.join('')).toBe('undefined\nundefined\n\none\ntwo\n');
  });
});
