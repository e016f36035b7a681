import type { Decoder } from './decode.ts';
import { Malformed } from './malformed.ts';
import { FIELD, KIND, VERSION } from './message.ts';
import type { Reader } from './reader.ts';

interface Fields {
  readonly kind: number;
  readonly flags: number;
  readonly serial: number;
  replySerial: number;
  path: string;
  interface: string;
  member: string;
  errorName: string;
  sender: string;
  signature: string;
}

/**
 * What a message says of itself: its kind, the serial of the call that it answers (or 0), its names, and the
 * signature of its values. Texts that it has not are empty, and so are names and sender of a reply: there is one
 * for each of thousands of calls, and its serial says whose it is.
 */
export type Header = Readonly<Fields>;

/** Reads the header of a message whose byte order has been read; its values follow. Throws Malformed. */
export function readHeader(reader: Reader, decoder: Decoder): Header {
  const fields = fixedPart(reader);
  const before = reader.enter(8);
  while (!reader.atEnd()) readField(reader, fields, decoder);
  reader.leave(before);
  reader.align(8);
  if (!isComplete(fields)) throw new Malformed('a message lacks a field');
  return fields;
}

function fixedPart(reader: Reader): Fields {
  const kind = reader.byte();
  const flags = reader.byte();
  const version = reader.byte();
  if (version !== VERSION) throw new Malformed(`a message has the version ${version} of D-Bus`);
  reader.uint32(); // length of the values, which have been waited for already
  const serial = reader.uint32();
  const texts = { path: '', interface: '', member: '', errorName: '', sender: '', signature: '' };
  return { kind, flags, serial, replySerial: 0, ...texts };
}

function readField(reader: Reader, fields: Fields, decoder: Decoder): void {
  reader.align(8);
  const code = reader.byte();
  const type = reader.signature();
  if (code === FIELD.replySerial && type === 'u') fields.replySerial = reader.uint32();
  else if (code === FIELD.signature && type === 'g') fields.signature = reader.signature();
  else if (code === FIELD.path && type === 'o') fields.path = reader.text();
  else if (isName(code) && type === 's') readName(reader, fields, code);
  // The specification wants fields of the future to be left aside.
  else if (code > FIELD.signature) decoder.variant(reader, type);
  else throw new Malformed(`field ${code} of a header has the type ${type}`);
}

function isName(code: number): boolean {
  return (
    code === FIELD.destination || code === FIELD.sender || (code > FIELD.path && code <= FIELD.errorName)
  );
}

function readName(reader: Reader, fields: Fields, code: number): void {
  if (code === FIELD.errorName) fields.errorName = reader.text();
  else if (fields.kind === KIND.reply || code === FIELD.destination) reader.skipText();
  else if (code === FIELD.sender) fields.sender = reader.text();
  else if (code === FIELD.interface) fields.interface = reader.text();
  else fields.member = reader.text();
}

/** Whether a message has what one of its kind must have. */
function isComplete({
  kind,
  serial,
  replySerial,
  path,
  interface: face,
  member,
  errorName,
}: Fields): boolean {
  if (serial === 0) return false;
  switch (kind) {
    case 0:
      return false;
    case KIND.call:
      return path !== '' && member !== '';
    case KIND.reply:
      return replySerial !== 0;
    case KIND.error:
      return replySerial !== 0 && errorName !== '';
    case KIND.signal:
      return path !== '' && face !== '' && member !== '';
    default:
      return true;
  }
}
