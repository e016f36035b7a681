import { createSocket } from 'node:dgram';

/** A name server on 127.0.0.1, over UDP. */
export interface NameServer {
  readonly port: number;
  close(): Promise<void>;
}

const HEADER_BYTES = 12;

/** Starts a name server that knows one address of every name, 192.0.2.1, and nothing else. */
export async function startNameServer(): Promise<NameServer> {
  const socket = createSocket('udp4');
  socket.on('message', (query, { port, address }) => socket.send(answerTo(query), port, address));
  await new Promise<void>((resolve) => socket.bind(0, '127.0.0.1', resolve));
  return {
    port: socket.address().port,
    close: () => new Promise((resolve) => socket.close(() => resolve())),
  };
}

/** The answer to a query of one question (RFC 1035, section 4.1). */
function answerTo(query: Buffer): Buffer {
  // A name is labels, each after its length, and ends with an empty one; type and class follow.
  let end = HEADER_BYTES;
  while (query.readUInt8(end) !== 0) end += query.readUInt8(end) + 1;
  end += 5;
  const asksForAddress = query.readUInt16BE(end - 4) === 1;
  const header = Buffer.from(query.subarray(0, HEADER_BYTES));
  header.writeUInt16BE(0x8180, 2); // an answer, recursive, without error
  header.writeUInt16BE(asksForAddress ? 1 : 0, 6);
  header.writeUInt16BE(0, 10);
  // The name of the question, A, IN, for a minute, four bytes.
  const address = [0xc0, HEADER_BYTES, 0, 1, 0, 1, 0, 0, 0, 60, 0, 4, 192, 0, 2, 1];
  const answers = Buffer.from(asksForAddress ? address : []);
  return Buffer.concat([header, query.subarray(HEADER_BYTES, end), answers]);
}
