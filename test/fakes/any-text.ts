import fc from 'fast-check';

/** Any character of Unicode, ASCII and the ones that mean something to a format more often than others. */
const character = fc.oneof(
  fc.constantFrom('"', '\\', '\n', '\r', '\t', '\0', '{', '}', '=', ',', ' ', '#', ':', '-', "'"),
  fc.integer({ min: 0x20, max: 0x7e }).map((code) => String.fromCodePoint(code)),
  // Not a half of a surrogate pair: that is no character, and UTF-8 cannot hold it.
  fc
    .integer({ min: 0x80, max: 0x10_ffff })
    .filter((code) => code < 0xd800 || code > 0xdfff)
    .map((code) => String.fromCodePoint(code)),
);

/** Any character, as a text. */
export function anyCharacter(): fc.Arbitrary<string> {
  return character;
}

/** Any text that UTF-8 can hold. */
export function anyText(): fc.Arbitrary<string> {
  return fc.string({ unit: character });
}
