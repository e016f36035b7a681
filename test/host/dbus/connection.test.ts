import { describe, expect, it } from 'vitest';
import { Connection } from '../../../src/host/dbus/connection.ts';
import type { Link } from '../../../src/host/dbus/link.ts';
import { type ReadMessage, readMessages } from './read-messages.ts';
import { type ReferenceMessage, referenceMessage } from './reference.ts';

/** A connection over a link whose other side takes bytes only when the test says so. */
function connect() {
  const sent: Buffer[] = [];
  let backlog = 0;
  let isCut = false;
  const link: Link = {
    send(bytes) {
      sent.push(Buffer.from(bytes));
      backlog += bytes.length;
    },
    backlog: () => backlog,
    cut: () => {
      isCut = true;
    },
  };
  const connection = new Connection(link, { timeoutMs: 3_600_000, inFlight: 64, unanswered: 127 });
  return {
    connection,
    isCut: () => isCut,
    receive(message: ReferenceMessage) {
      const bytes = referenceMessage(message);
      connection.receive(bytes, bytes.length);
    },
    /** What has been sent once this turn is over. */
    async sent(): Promise<readonly ReadMessage[]> {
      await new Promise<void>((resolve) => setImmediate(resolve));
      return readMessages(...sent);
    },
  };
}

const CALL = { destination: 'a.b', path: '/', interface: 'a.b', member: 'C' };

const foreignCall = (face: string, member: string, flags = 0): ReferenceMessage => ({
  ...{ kind: 1, flags, serial: 77 },
  fields: [
    [1, 'o', '/'],
    [2, 's', face],
    [3, 's', member],
    [7, 's', ':1.9'],
  ],
});

describe('a connection', () => {
  it('answers the calls of others with an error, and a ping with a reply', async () => {
    const { receive, sent } = connect();
    receive(foreignCall('a.b', 'Do'));
    receive(foreignCall('org.freedesktop.DBus.Peer', 'Ping'));
    expect(await sent()).toMatchObject([
      {
        header: { kind: 3, replySerial: 77, errorName: 'org.freedesktop.DBus.Error.UnknownMethod' },
        body: ['fettle has no method Do'],
      },
      { header: { kind: 2, replySerial: 77 }, body: [] },
    ]);
  });

  it('does not answer a call that wants no answer', async () => {
    const { receive, sent } = connect();
    receive(foreignCall('a.b', 'Do', 1));
    expect(await sent()).toEqual([]);
  });

  it('does not gather answers for somebody who calls and does not read', async () => {
    const { receive, sent } = connect();
    for (let turn = 0; turn < 100; turn++) {
      for (let call = 0; call < 50; call++) receive(foreignCall('a.b', 'Do'));
      await sent();
    }
    expect((await sent()).length).toBeLessThan(1000);
  });

  it('ends when the other side has not read for long, before its calls fill the memory', async () => {
    const { connection, sent, isCut } = connect();
    const body = ['x'.repeat(9_000_000)];
    const first = connection.call({ ...CALL, signature: 's', body });
    const second = connection.call({ ...CALL, signature: 's', body });
    await sent();
    expect(isCut()).toBe(false);
    const reason = 'the other side has stopped reading';
    const third = connection.call(CALL);
    const failed = { code: 'unreachable', message: `C of a.b: ${reason}` };
    await expect(first).rejects.toMatchObject(failed);
    await expect(second).rejects.toMatchObject(failed);
    await expect(third).rejects.toMatchObject({ code: 'unreachable' });
    expect(await connection.closed).toBe(reason);
    expect(isCut()).toBe(true);
  });

  it('ends when too many calls have been given up without an answer', async () => {
    const { connection, isCut } = connect();
    for (let call = 0; call < 127; call++) {
      expect(isCut()).toBe(false);
      const caller = new AbortController();
      const made = connection.call(CALL, caller.signal);
      caller.abort();
      await expect(made).rejects.toBe(caller.signal.reason);
    }
    expect(await connection.closed).toBe('the other side leaves too many calls unanswered');
    expect(isCut()).toBe(true);
  });

  it('gives every call a serial of its own, also after one that could not be written', async () => {
    const { connection, sent } = connect();
    const calls = [connection.call(CALL), connection.call({ ...CALL, path: 'wrong' }), connection.call(CALL)];
    await expect(calls[1]).rejects.toThrow('"wrong" is no path of an object');
    expect((await sent()).map(({ header }) => header.serial)).toEqual([1, 2]);
    connection.ended('over');
    await Promise.allSettled(calls);
  });

  it('does not read an answer that nobody waits for', async () => {
    const { connection, receive } = connect();
    const nonsense = { signature: 'b', body: [2] };
    receive({ kind: 2, fields: [[5, 'u', 99]], ...nonsense });
    receive({
      ...{ kind: 3, ...nonsense },
      fields: [
        [5, 'u', 99],
        [4, 's', 'a.E'],
      ],
    });
    const call = connection.call(CALL);
    receive({ kind: 2, fields: [[5, 'u', 1]], signature: 's', body: ['ok'] });
    await expect(call).resolves.toEqual(['ok']);
  });

  it('hears nothing after its end', async () => {
    const { connection, receive } = connect();
    const heard: string[] = [];
    connection.onSignal(
      ({ member }) => heard.push(member),
      () => true,
    );
    const signal: ReferenceMessage = { ...foreignCall('a.b', 'Sig'), kind: 4 };
    receive(signal);
    connection.ended('over');
    receive(signal);
    expect(heard).toEqual(['Sig']);
    await expect(connection.call(CALL)).rejects.toThrow('C of a.b: over');
  });
});
