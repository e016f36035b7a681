import { X509Certificate } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { alternativeNames } from '../../../src/http/web-config/alternative-names.ts';
import { pem } from '../../fakes/pem.ts';

describe('alternativeNames', () => {
  it('are those of a certificate', () => {
    expect(alternativeNames(new X509Certificate(pem('client.crt')).subjectAltName)).toEqual([
      'prometheus.test',
      '192.0.2.7',
      '2001:db8::7',
      'ops@example.test',
      'spiffe://example.test/prometheus',
    ]);
  });

  it.each<readonly [string | undefined, readonly string[]]>([
    [undefined, []],
    ['', []],
    ['DNS:a', ['a']],
    ['DNS:*.a, DNS:b', ['*.a', 'b']],
    ['othername:<unsupported>, Registered ID:1.2.3.4, DNS:a', ['a']],
    ['DirName:"O=x, DNS:evil, CN=y", DNS:a', ['a']],
    ['IP Address:0:0:0:0:0:0:0:1, IP Address:10.0.0.1', ['::1', '10.0.0.1']],
    // Node writes what could be mistaken for more entries in JSON.
    ['DNS:"a, DNS:evil", URI:"x:\\"y\\u0000"', ['a, DNS:evil', 'x:"y\0']],
    // What is not understood to its end has no names at all.
    ['DNS:a, "DNS:evil"', []],
    ['DNS:a, DNS:"evil', []],
    ['DNS:a DNS:b,DNS:evil', []],
    ['a', []],
  ])('of %j are %j', (text, names) => {
    expect(alternativeNames(text)).toEqual(names);
  });
});
