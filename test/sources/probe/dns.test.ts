import { createSocket } from 'node:dgram';
import { describe, expect, it } from 'vitest';
import { nameBytes, numberBytes, startZoneServer, type ZoneAnswer } from '../../fakes/zone-server.ts';
import { outcomeOf } from './asked.ts';

const A = 1;
const AAAA = 28;
const [NS, CNAME, PTR, MX, TXT, SRV] = [2, 5, 12, 15, 16, 33];

const ZONE: ReadonlyMap<string, readonly Buffer[]> = new Map([
  [`${A} node.test`, [Buffer.from([192, 0, 2, 1]), Buffer.from([192, 0, 2, 2])]],
  [`${AAAA} node.test`, [Buffer.from('20010db8000000000000000000000001', 'hex')]],
  [`${NS} node.test`, [nameBytes('ns.test')]],
  [`${CNAME} node.test`, [nameBytes('other.test')]],
  [`${MX} node.test`, [Buffer.concat([numberBytes(10), nameBytes('mail.test')])]],
  [`${TXT} node.test`, [Buffer.from('\u0005hello\u0006 there', 'latin1')]],
  [`${SRV} node.test`, [Buffer.concat([numberBytes(1, 2, 6379), nameBytes('redis.test')])]],
  [`${PTR} 1.2.0.192.in-addr.arpa`, [nameBytes('node.test')]],
]);

/** As the zone has it; the first part of other names says what happens. */
function zone(name: string, type: number): ZoneAnswer {
  const records = ZONE.get(`${type} ${name}`);
  if (records !== undefined) return { records };
  switch (name.split('.')[0]) {
    case 'servfail':
      return { rcode: 'servfail' };
    case 'refused':
      return { rcode: 'refused' };
    case 'empty':
    case 'node':
      return { records: [] };
    case 'silent':
      return 'silence';
    case 'rubbish':
      return { bytes: Buffer.from('this is no DNS at all') };
    default:
      return { rcode: 'nxdomain' };
  }
}

async function ask(dns: object, timeout = '20s') {
  return await outcomeOf({
    timeout,
    dns: { server: await startZoneServer(zone), name: 'node.test', ...dns },
  });
}

describe('a name', () => {
  it.each<[string, string, readonly string[]]>([
    ['A', 'node.test', ['192.0.2.1', '192.0.2.2']],
    ['AAAA', 'node.test', ['2001:DB8:0::1']],
    ['NS', 'node.test', ['NS.test.']],
    ['CNAME', 'node.test', ['other.test']],
    ['MX', 'node.test', ['10 mail.test']],
    ['TXT', 'node.test', ['hello there']],
    ['SRV', 'node.test', ['1 2 6379 redis.test']],
    ['PTR', '192.0.2.1', ['node.test']],
    ['PTR', '1.2.0.192.in-addr.arpa', ['node.test']],
  ])('has its records: %s %s', async (type, name, includes) => {
    const { failure, values } = await ask({ type, name, includes });
    expect(failure).toBeUndefined();
    expect(values).toEqual(new Map([['answers', includes.length]]));
  });

  it.each<[string, object, RegExp]>([
    ['too few', { min_answers: 3 }, /node.test A: 2 records, fewer than 3/],
    [
      'not the right ones',
      { includes: ['192.0.2.9'] },
      /"192.0.2.9" is not among the records: "192.0.2.1", "192.0.2.2"/,
    ],
    ['one that does not fit', { match: '\\.1$' }, /"192.0.2.2" does not fit/],
  ])('with records that are %s is a failure', async (_, settings, detail) => {
    const { failure, values } = await ask(settings);
    expect(failure).toEqual({ reason: 'content', detail: expect.stringMatching(detail) });
    expect(values.get('answers')).toBe(2);
  });

  it.each([
    ['none.test', 'address', /NXDOMAIN/],
    ['empty.test', 'content', /NODATA/],
    ['servfail.test', 'status', /SERVFAIL/],
    ['refused.test', 'refused', /REFUSED/],
  ])('%s fails as the server says', async (name, reason, detail) => {
    expect((await ask({ name })).failure).toEqual({ reason, detail: expect.stringMatching(detail) });
  });

  it('has no answer in time', async () => {
    const { failure } = await ask({ name: 'silent.test' }, '200ms');
    expect(failure).toEqual({ reason: 'timeout', detail: expect.stringMatching(/127.0.0.1:\d+/) });
  });

  it('has an answer that is no DNS', async () => {
    expect((await ask({ name: 'rubbish.test' })).failure).toMatchObject({ reason: 'protocol' });
  });

  it('is asked in vain where nobody listens', async () => {
    const socket = createSocket('udp4');
    await new Promise<void>((resolve) => socket.bind(0, '127.0.0.1', resolve));
    const { port } = socket.address();
    await new Promise<void>((resolve) => socket.close(() => resolve()));
    const { failure } = await ask({ server: `127.0.0.1:${port}` });
    expect(failure).toEqual({ reason: 'refused', detail: expect.stringMatching(/nobody listens there/) });
  });
});
