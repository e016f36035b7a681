import * as z from 'zod';

/** Where a listener listens. */
export interface ListenAddress {
  readonly host: string;
  readonly port: number;
}

const EXPECTED =
  'expected an address and port such as 127.0.0.1:10558, [::1]:10558 or :10558 (all addresses)';

const LISTEN = /^(?:\[([0-9a-fA-F:.]+)\]|([^:[\]\s]*)):(\d{1,5})$/;

/** The address in a text such as `127.0.0.1:10558`; without a host, all addresses (`::`). */
export function parseListen(text: string): ListenAddress | undefined {
  const [, bracketed, plain, port] = LISTEN.exec(text) ?? [];
  if (port === undefined || Number(port) > 65_535) return undefined;
  return { host: bracketed ?? (plain || '::'), port: Number(port) };
}

/** Whether only this machine can reach the address. */
export function isLoopback({ host }: ListenAddress): boolean {
  return host === 'localhost' || host === '::1' || /^127(\.\d{1,3}){3}$/.test(host);
}

/** A listening address in the configuration. */
export const listenAddress = z.string({ error: EXPECTED }).transform((text, context) => {
  const address = parseListen(text);
  if (address !== undefined) return address;
  context.issues.push({ code: 'custom', message: EXPECTED, input: text });
  return z.NEVER;
});
