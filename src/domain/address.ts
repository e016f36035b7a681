/** An address and port as one text; an IPv6 address is put in brackets, as in `[::1]:10558`. */
export function hostPort(host: string, port: number): string {
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
}
