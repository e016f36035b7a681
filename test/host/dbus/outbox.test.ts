import { describe, expect, it } from 'vitest';
import { Outbox } from '../../../src/host/dbus/outbox.ts';

/** An outbox whose bytes are sent when the test says so. */
function startOutbox() {
  const writes: { readonly bytes: Buffer; readonly text: string; readonly sent: () => void }[] = [];
  const outbox = new Outbox((bytes, sent) => writes.push({ bytes, text: bytes.toString('latin1'), sent }));
  const write = (text: string) => outbox.open().bytes(Buffer.from(text));
  return { writes, write };
}

/** The end of this turn of the event loop. */
const turn = () => new Promise<void>((resolve) => setImmediate(resolve));

describe('an outbox', () => {
  it('sends what is written in one turn at once, at its end', async () => {
    const { writes, write } = startOutbox();
    write('a');
    await Promise.resolve();
    write('b');
    expect(writes).toEqual([]);
    await turn();
    write('c');
    await turn();
    expect(writes.map(({ text }) => text)).toEqual(['ab', 'c']);
  });

  it('does not touch bytes before they are sent, and uses their memory again afterwards', async () => {
    const { writes, write } = startOutbox();
    for (const text of ['first', 'second', 'third']) {
      write(text);
      await turn();
    }
    expect(writes.map(({ bytes }) => bytes.toString())).toEqual(['first', 'second', 'third']);
    for (const { sent } of writes) sent();
    for (const text of ['fourth', 'fifth']) {
      write(text);
      await turn();
    }
    const memory = writes.map(({ bytes }) => bytes.buffer);
    expect(memory.slice(0, 4)).toContain(memory[4]);
  });

  it('does not keep the memory of a large message', async () => {
    const { writes, write } = startOutbox();
    write('x'.repeat(1_000_000));
    await turn();
    writes[0]?.sent();
    for (const text of ['a', 'b', 'c']) {
      write(text);
      await turn();
      writes.at(-1)?.sent();
    }
    expect(writes[0]?.text.length).toBe(1_000_000);
    expect(Math.max(...writes.slice(1).map(({ bytes }) => bytes.buffer.byteLength))).toBeLessThan(100_000);
  });

  it('sends nothing when nothing came of what was opened', async () => {
    const { writes, write } = startOutbox();
    write('');
    await turn();
    expect(writes).toEqual([]);
  });
});
