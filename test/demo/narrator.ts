/** Tells a story line by line, each with the seconds since it began. */
export interface Narrator {
  /** Starts the clock. */
  begin(): void;
  /** One station of the story: a word, and what happened. */
  tell(station: string, text: string): void;
  /** A line without a time. */
  say(text?: string): void;
}

/** A narrator on standard output, in colour if it is a terminal. */
export function createNarrator(): Narrator {
  const colour = process.stdout.isTTY && process.env['NO_COLOR'] === undefined;
  const paint = (code: number, text: string) => (colour ? `\u001b[${code}m${text}\u001b[0m` : text);
  let began = performance.now();
  const say = (text = '') => process.stdout.write(`${text}\n`);
  return {
    begin() {
      began = performance.now();
    },
    tell(station, text) {
      const seconds = ((performance.now() - began) / 1000).toFixed(1).padStart(5);
      say(`${paint(2, `${seconds} s`)}  ${paint(1, station.padEnd(10))} ${text}`);
    },
    say,
  };
}
