import type { Encode } from './encode.ts';
import { FIELD, FIXED_BYTES, KIND, MAX_MESSAGE_BYTES, NO_REPLY_EXPECTED, VERSION } from './message.ts';
import { isBusName, isInterfaceName, isMemberName, isObjectPath } from './names.ts';
import type { Writer } from './writer.ts';

/** A method call. `body` follows D-Bus's own types; a signature says which. */
export interface MethodCall {
  readonly destination: string;
  readonly path: string;
  readonly interface: string;
  readonly member: string;
  readonly signature?: string;
  readonly body?: readonly unknown[];
}

/** Which call of somebody else's is answered. */
export interface Answered {
  readonly serial: number;
  /** Who made it; empty where there is no bus between. */
  readonly sender: string;
}

/**
 * Writes a method call.
 *
 * Throws TypeError for a name or value that D-Bus does not allow, and leaves nothing of the message.
 */
export function writeCall(writer: Writer, encode: Encode, serial: number, call: MethodCall): void {
  insist(call);
  try {
    begin(writer, KIND.call, 0, serial);
    writeField(writer, FIELD.path, 'o', call.path);
    writeField(writer, FIELD.interface, 's', call.interface);
    writeField(writer, FIELD.member, 's', call.member);
    writeField(writer, FIELD.destination, 's', call.destination);
    writeValues(writer, encode, call.signature ?? '', call.body ?? []);
  } catch (thrown) {
    writer.rollBack();
    throw thrown;
  }
}

/** Writes an empty reply to a call. */
export function writeReply(writer: Writer, encode: Encode, serial: number, answered: Answered): void {
  begin(writer, KIND.reply, NO_REPLY_EXPECTED, serial);
  writeAnswered(writer, answered);
  writeValues(writer, encode, '', []);
}

/** Writes an error in reply to a call. */
export function writeError(
  writer: Writer,
  encode: Encode,
  serial: number,
  answered: Answered,
  { name, text }: { readonly name: string; readonly text: string },
): void {
  begin(writer, KIND.error, NO_REPLY_EXPECTED, serial);
  writeAnswered(writer, answered);
  writeField(writer, FIELD.errorName, 's', name);
  writeValues(writer, encode, 's', [text]);
}

/** The serial after this one; 0 is none. */
export function nextSerial(serial: number): number {
  return serial >= 0xffff_ffff ? 1 : serial + 1;
}

/** Where the length of the values and that of the fields stand. */
const VALUES_LENGTH_AT = 4;
const FIELDS_LENGTH_AT = 12;

function begin(writer: Writer, kind: number, flags: number, serial: number): void {
  writer.begin();
  writer.byte(kind);
  writer.byte(flags);
  writer.byte(VERSION);
  writer.uint32(0);
  writer.uint32(serial);
  writer.uint32(0);
}

function writeField(writer: Writer, code: number, type: 'o' | 's', value: string): void {
  writer.align(8);
  writer.byte(code);
  writer.signature(type);
  writer.text(value);
}

function writeAnswered(writer: Writer, { serial, sender }: Answered): void {
  writer.align(8);
  writer.byte(FIELD.replySerial);
  writer.signature('u');
  writer.uint32(serial);
  if (sender !== '') writeField(writer, FIELD.destination, 's', sender);
}

/** Ends the header and writes the values after it. */
function writeValues(writer: Writer, encode: Encode, signature: string, values: readonly unknown[]): void {
  if (signature !== '') {
    writer.align(8);
    writer.byte(FIELD.signature);
    writer.signature('g');
    writer.signature(signature);
  }
  writer.fill(FIELDS_LENGTH_AT, writer.messageLength - FIXED_BYTES);
  writer.align(8);
  const from = writer.messageLength;
  encode(writer, signature, values);
  writer.fill(VALUES_LENGTH_AT, writer.messageLength - from);
  if (writer.messageLength > MAX_MESSAGE_BYTES) {
    throw new TypeError(`D-Bus: a message must not have ${writer.messageLength} bytes`);
  }
}

function insist({ destination, path, interface: face, member }: MethodCall): void {
  if (!isBusName(destination)) refuse(destination, 'name on the bus');
  if (!isObjectPath(path)) refuse(path, 'path of an object');
  if (!isInterfaceName(face)) refuse(face, 'name of an interface');
  if (!isMemberName(member)) refuse(member, 'name of a method');
}

function refuse(text: string, what: string): never {
  throw new TypeError(`D-Bus: ${JSON.stringify(text)} is no ${what}`);
}
