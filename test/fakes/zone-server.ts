import { createSocket } from 'node:dgram';
import { onTestFinished } from 'vitest';

/** Codes of answers (RFC 1035, section 4.1.1). */
export const RCODES = { ok: 0, formerr: 1, servfail: 2, nxdomain: 3, notimp: 4, refused: 5 } as const;

/** What a name server says to one question: records of the type that was asked for, a code, nothing, or any bytes. */
export type ZoneAnswer =
  | { readonly records: readonly Buffer[] }
  | { readonly rcode: keyof typeof RCODES }
  | 'silence'
  | { readonly bytes: Buffer };

/** A name server over UDP on 127.0.0.1 for as long as the running test, which answers as a function says. */
export async function startZoneServer(answer: (name: string, type: number) => ZoneAnswer): Promise<string> {
  const socket = createSocket('udp4');
  socket.on('message', (query, { port, address }) => {
    const { name, type, end } = questionOf(query);
    const said = answer(name, type);
    if (said !== 'silence') socket.send(bytesOf(query.subarray(0, end), type, said), port, address);
  });
  await new Promise<void>((resolve) => socket.bind(0, '127.0.0.1', resolve));
  onTestFinished(() => new Promise<void>((resolve) => socket.close(() => resolve())));
  return `127.0.0.1:${socket.address().port}`;
}

const HEADER_BYTES = 12;

function questionOf(query: Buffer) {
  const labels: string[] = [];
  let at = HEADER_BYTES;
  for (let length = query.readUInt8(at); length !== 0; length = query.readUInt8(at)) {
    labels.push(query.toString('latin1', at + 1, at + 1 + length));
    at += length + 1;
  }
  return { name: labels.join('.'), type: query.readUInt16BE(at + 1), end: at + 5 };
}

/** The question with an answer behind it. */
function bytesOf(question: Buffer, type: number, answer: Exclude<ZoneAnswer, 'silence'>): Buffer {
  if ('bytes' in answer) return answer.bytes;
  const header = Buffer.from(question.subarray(0, HEADER_BYTES));
  const records = 'records' in answer ? answer.records : [];
  header.writeUInt16BE(0x8180 | ('rcode' in answer ? RCODES[answer.rcode] : 0), 2);
  header.writeUInt16BE(records.length, 6);
  header.writeUInt16BE(0, 10);
  return Buffer.concat([
    header,
    question.subarray(HEADER_BYTES),
    ...records.map((data) => recordOf(type, data)),
  ]);
}

/** The name of the question, its type, IN, for a minute. */
function recordOf(type: number, data: Buffer): Buffer {
  const head = Buffer.from([0xc0, HEADER_BYTES, 0, 0, 0, 1, 0, 0, 0, 60, 0, 0]);
  head.writeUInt16BE(type, 2);
  head.writeUInt16BE(data.length, 10);
  return Buffer.concat([head, data]);
}

/** A name as DNS writes it. */
export function nameBytes(name: string): Buffer {
  const labels = name
    .split('.')
    .map((label) => Buffer.concat([Buffer.from([label.length]), Buffer.from(label)]));
  return Buffer.concat([...labels, Buffer.from([0])]);
}

/** Numbers of 16 bits. */
export function numberBytes(...numbers: readonly number[]): Buffer {
  return Buffer.concat(numbers.map((number) => Buffer.from([number >> 8, number & 255])));
}
