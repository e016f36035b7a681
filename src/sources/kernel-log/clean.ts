const LONGEST = 256;

// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is taken out.
const CONTROL = /[\u0000-\u001f\u007f-\u009f\u2028\u2029]+/g;

/** A text of the kernel's log that can be shown anywhere: one line, of 256 characters at most. */
export function cleanText(text: string): string {
  return text.slice(0, LONGEST).replace(CONTROL, ' ').trim();
}
