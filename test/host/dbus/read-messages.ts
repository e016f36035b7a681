import { createDecoder } from '../../../src/host/dbus/decode.ts';
import { type Header, readHeader } from '../../../src/host/dbus/header.ts';
import { Inbox } from '../../../src/host/dbus/inbox.ts';
import { createTypesOf } from '../../../src/host/dbus/signature.ts';

/** A message as fettle reads it. */
export interface ReadMessage {
  readonly header: Header;
  readonly body: readonly unknown[];
}

/** The messages that fettle reads from chunks of bytes. */
export function readMessages(...chunks: readonly Buffer[]): readonly ReadMessage[] {
  const decoder = createDecoder(createTypesOf());
  const read: ReadMessage[] = [];
  const inbox = new Inbox((message) => {
    const header = readHeader(message, decoder);
    read.push({ header, body: decoder.body(message, header.signature) });
  });
  for (const chunk of chunks) inbox.push(chunk, chunk.length);
  return read;
}
