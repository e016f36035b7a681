import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createEncode } from '../../../src/host/dbus/encode.ts';
import { writeCall } from '../../../src/host/dbus/outgoing.ts';
import { createTypesOf } from '../../../src/host/dbus/signature.ts';
import { Writer } from '../../../src/host/dbus/writer.ts';
import { allAsRead, anyTyped, type Typed } from './any-value.ts';
import { forFork, startFork } from './fork.ts';
import { completeTypes } from './reference.ts';

/** The fork takes dictionaries as objects, whose keys are text; of numbers it takes the small ones. */
const anyForFork = anyTyped({ keys: 'soynqi' });

const CALL = { destination: 'a.b', path: '/a', interface: 'a.b', member: 'C' };

/** A signal as fettle would write it, if it sent any: a call, but for its kind. */
function signal({ signature, values }: Typed): Buffer {
  const writer = new Writer();
  writeCall(writer, createEncode(createTypesOf()), 1, { ...CALL, signature, body: values });
  const message = writer.take();
  message[1] = 4;
  return message;
}

describe('dbus-next and fettle', () => {
  it('read the same in what dbus-next writes', async () => {
    const fork = await startFork();
    const read = fc.asyncProperty(anyForFork, async (typed) => {
      expect(await fork.passOn(typed)).toEqual(allAsRead(typed.signature, typed.values));
    });
    await fc.assert(read, { numRuns: 300 });
  });

  it('read the same in what fettle writes', async () => {
    const fork = await startFork();
    const read = fc.asyncProperty(anyForFork, async (typed) => {
      const { signature, values } = typed;
      const expected = completeTypes(signature).map((type, index) => forFork(type, values[index]));
      expect(await fork.read(signal(typed))).toEqual(expected);
    });
    await fc.assert(read, { numRuns: 300 });
  });
});
