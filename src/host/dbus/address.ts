/**
 * The sockets that a D-Bus address names, in the order in which to try them, as Node takes them: a path, or `\0`
 * and a name in Linux's abstract namespace.
 *
 * As in `unix:path=/run/dbus/system_bus_socket` or `unix:abstract=name`; several are separated by `;`. Throws for
 * an address of another kind. Source: D-Bus specification, "Server Addresses".
 */
export function socketPaths(address: string): readonly string[] {
  const paths = address
    .split(';')
    .filter((one) => one !== '')
    .map(socketPath);
  if (paths.length === 0)
    throw new Error('the address is empty; give one such as unix:path=/run/dbus/socket');
  return paths;
}

function socketPath(address: string): string {
  const colon = address.indexOf(':');
  const parameters = new Map(
    address
      .slice(colon + 1)
      .split(',')
      .map(keyAndValue),
  );
  const path = parameters.get('path');
  const abstract = parameters.get('abstract');
  if (address.slice(0, colon) === 'unix') {
    if (path && abstract === undefined) return path;
    if (abstract && path === undefined) return `\0${abstract}`;
  }
  throw new Error(
    `${JSON.stringify(address)} is no address of a socket such as unix:path=... or unix:abstract=...`,
  );
}

function keyAndValue(text: string): [string, string] {
  const equals = text.indexOf('=');
  try {
    return [text.slice(0, equals), decodeURIComponent(text.slice(equals + 1))];
  } catch (cause) {
    throw new Error(`${JSON.stringify(text)} has a % that is not followed by two hexadecimal digits`, {
      cause,
    });
  }
}
