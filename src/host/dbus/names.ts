/**
 * The forms of names, which must hold of every message: dbus-daemon cuts off whoever sends another one.
 *
 * Source: D-Bus specification, "Valid Names" and "Valid Object Paths".
 */
const PATH = /^\/(?:\w+(?:\/\w+)*)?$/;
const INTERFACE = /^[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)+$/;
const MEMBER = /^[A-Za-z_]\w*$/;
const BUS_NAME = /^(?::[\w-]+(?:\.[\w-]+)+|[A-Za-z_-][\w-]*(?:\.[A-Za-z_-][\w-]*)+)$/;

const MAX_LENGTH = 255;

/** Whether a text is an object's path, as in `/org/freedesktop/systemd1`. */
export function isObjectPath(text: string): boolean {
  return PATH.test(text);
}

/** Whether a text is the name of an interface or of an error, as in `org.freedesktop.DBus`. */
export function isInterfaceName(text: string): boolean {
  return text.length <= MAX_LENGTH && INTERFACE.test(text);
}

/** Whether a text is the name of a method or signal, as in `Hello`. */
export function isMemberName(text: string): boolean {
  return text.length <= MAX_LENGTH && MEMBER.test(text);
}

/** Whether a text names a connection to the bus, as in `:1.2` or `org.freedesktop.systemd1`. */
export function isBusName(text: string): boolean {
  return text.length <= MAX_LENGTH && BUS_NAME.test(text);
}
