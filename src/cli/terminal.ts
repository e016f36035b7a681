import { plainText } from './plain-text.ts';
import { createPlainScreen, createTerminalScreen, roomOf, type Screen } from './watch/screen.ts';

/** How wide a table may be: undefined where the output is no terminal. */
export function outputWidth(): number | undefined {
  return process.stdout.isTTY ? roomOf(process.stdout).columns : undefined;
}

/** As https://no-color.org/ asks: set, and not empty. */
export function hasColours(): boolean {
  return canPaint() && !process.env['NO_COLOR'];
}

/** Where a watch is shown: in place on a terminal, else one frame after the other. */
export function outputScreen(): Screen {
  return canPaint() ? terminalScreen() : createPlainScreen(process.stdout);
}

/** Whether the output is a terminal that knows how to move its cursor. */
function canPaint(): boolean {
  return process.stdout.isTTY && process.env['TERM'] !== 'dumb';
}

/** The screen of this process's terminal, which is given back also where the process is stopped or ends early. */
function terminalScreen(): Screen {
  const screen = createTerminalScreen(process.stdout);
  process.stdout.on('resize', screen.repaint);
  process.on('exit', screen.close);
  process.on('SIGTSTP', () => {
    screen.close();
    process.kill(process.pid, 'SIGSTOP');
  });
  process.on('SIGCONT', screen.repaint);
  return screen;
}

/** Aborts at the first signal to stop, with its name as the reason; a second one ends the process on the spot. */
export function stopSignal(): AbortSignal {
  const controller = new AbortController();
  for (const name of ['SIGINT', 'SIGTERM'] as const) process.once(name, () => controller.abort(name));
  return controller.signal;
}

/** Tells people problems, a line each, as they stand: they begin with the file that they are about. */
export function tellProblems(problems: readonly string[]): void {
  process.stderr.write(problems.map((problem) => `${plainText(problem)}\n`).join(''));
}

/** Tells people something that is not the output. */
export function tell(sentence: string): void {
  process.stderr.write(`fettle: ${plainText(sentence)}\n`);
}
