import { isIP, SocketAddress } from 'node:net';

/** One entry of OpenSSL's text: kind, then a value, which is in JSON if it could be mistaken for something else. */
const ENTRY = /(?:^|, )([^:,"]+):("(?:[^"\\]|\\.)*"|[^,"]*)/y;

/**
 * The DNS names, mail addresses, IP addresses and URIs of a certificate, without their kind.
 *
 * `text` is `X509Certificate.subjectAltName`, as in `DNS:a.example, IP Address:10:0:0:0:0:0:0:1`. A text that
 * cannot be understood to its end has none.
 */
export function alternativeNames(text: string | undefined): readonly string[] {
  const names: string[] = [];
  let at = 0;
  while (text !== undefined && at < text.length) {
    ENTRY.lastIndex = at;
    const [whole, kind = '', value = ''] = ENTRY.exec(text) ?? [];
    if (whole === undefined) return [];
    if (KINDS.has(kind)) names.push(canonicalName(plainValue(value)));
    at += whole.length;
  }
  return names;
}

/** Those that Go compares; others, such as directory names, are passed over. */
const KINDS: ReadonlySet<string> = new Set(['DNS', 'email', 'IP Address', 'URI']);

function plainValue(value: string): string {
  return value.startsWith('"') ? String(JSON.parse(value)) : value;
}

/** An IP address in its one short form, everything else as it is. */
export function canonicalName(name: string): string {
  return isIP(name) === 6 ? new SocketAddress({ address: name, family: 'ipv6' }).address : name;
}
