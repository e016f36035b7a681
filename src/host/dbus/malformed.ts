/** What came over a connection is not D-Bus; nothing that comes after it can be read. */
export class Malformed extends Error {
  override readonly name = 'Malformed';

  /** In what way: a sentence. */
  constructor(what: string) {
    super(`malformed D-Bus message: ${what}`);
  }
}
