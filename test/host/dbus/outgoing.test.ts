import { describe, expect, it } from 'vitest';
import { createEncode } from '../../../src/host/dbus/encode.ts';
import {
  type MethodCall,
  nextSerial,
  writeCall,
  writeError,
  writeReply,
} from '../../../src/host/dbus/outgoing.ts';
import { createTypesOf } from '../../../src/host/dbus/signature.ts';
import { Writer } from '../../../src/host/dbus/writer.ts';
import { referenceMessage } from './reference.ts';

const encode = createEncode(createTypesOf());

/** As it looks in practice: SetUnitProperties. */
const CALL: MethodCall = {
  destination: 'org.freedesktop.systemd1',
  path: '/org/freedesktop/systemd1',
  interface: 'org.freedesktop.systemd1.Manager',
  member: 'SetUnitProperties',
  signature: 'sba(sv)',
  body: ['a.service', true, [['CPUQuotaPerSecUSec', { signature: 't', value: 100_000n }]]],
};

function fieldsOf({ path, interface: face, member, destination }: MethodCall) {
  return [
    [1, 'o', path],
    [2, 's', face],
    [3, 's', member],
    [6, 's', destination],
  ] as const;
}

describe('a message that fettle writes', () => {
  it('is a call as the specification has it', () => {
    const writer = new Writer();
    writeCall(writer, encode, 5, CALL);
    const { signature = '', body = [] } = CALL;
    const expected = referenceMessage({ kind: 1, serial: 5, fields: fieldsOf(CALL), signature, body });
    expect(writer.take()).toEqual(expected);
  });

  it('follows another right away, whatever its length', () => {
    const writer = new Writer();
    const calls = ['A', 'Bb', 'Ccc', 'Dddd'].map((member) => ({
      ...CALL,
      member,
      signature: 's',
      body: [member],
    }));
    for (const [index, call] of calls.entries()) writeCall(writer, encode, index + 1, call);
    const expected = calls.map((call, index) =>
      referenceMessage({
        ...{ kind: 1, serial: index + 1, fields: fieldsOf(call) },
        ...{ signature: 's', body: [call.member] },
      }),
    );
    expect(writer.take()).toEqual(Buffer.concat(expected));
  });

  it('is a reply or an error, to somebody on the bus or to the other side itself', () => {
    const writer = new Writer();
    writeReply(writer, encode, 6, { serial: 9, sender: ':1.2' });
    writeError(writer, encode, 7, { serial: 9, sender: '' }, { name: 'a.E', text: 'no' });
    const reply = { kind: 2, flags: 1, serial: 6, fields: [[5, 'u', 9] as const, [6, 's', ':1.2'] as const] };
    const error = { kind: 3, flags: 1, serial: 7, fields: [[5, 'u', 9] as const, [4, 's', 'a.E'] as const] };
    const expected = [referenceMessage(reply), referenceMessage({ ...error, signature: 's', body: ['no'] })];
    expect(writer.take()).toEqual(Buffer.concat(expected));
  });

  it.each<[Partial<MethodCall>, string]>([
    [{ destination: 'systemd' }, '"systemd" is no name on the bus'],
    [{ path: 'a' }, '"a" is no path of an object'],
    [{ interface: 'Manager' }, '"Manager" is no name of an interface'],
    [{ member: 'a.b' }, '"a.b" is no name of a method'],
    [{ body: ['a.service', true] }, '3 values expected, not a.service,true'],
    [{ body: ['a.service', true, [['x', { signature: 'u', value: -1 }]]] }, '-1 does not fit the type u'],
    [{ signature: 'sba(s' }, '"sba(s" is no signature'],
  ])('is none for a call with %j, and leaves the one before as it was', (wrong, reason) => {
    const writer = new Writer();
    writeCall(writer, encode, 5, CALL);
    expect(() => writeCall(writer, encode, 6, { ...CALL, ...wrong })).toThrow(reason);
    const writer2 = new Writer();
    writeCall(writer2, encode, 5, CALL);
    expect(writer.take()).toEqual(writer2.take());
  });

  it('has a serial from 1 to 4294967295, and then 1 again', () => {
    expect([0, 1, 2 ** 31, 2 ** 32 - 2, 2 ** 32 - 1].map(nextSerial)).toEqual([
      1,
      2,
      2 ** 31 + 1,
      2 ** 32 - 1,
      1,
    ]);
  });
});
