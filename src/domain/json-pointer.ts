/** Whether a text is a JSON pointer (RFC 6901): empty, or parts that each begin with `/`. */
export function isJsonPointer(text: string): boolean {
  return /^(?:\/(?:[^~/]|~[01])*)*$/.test(text);
}

/** A place in a JSON document: what stands there, or undefined if there is no such place. */
export function atPointer(document: unknown, pointer: string): unknown {
  let here = document;
  for (const part of pointer.split('/').slice(1)) {
    const key = part.replaceAll('~1', '/').replaceAll('~0', '~');
    if (Array.isArray(here)) here = /^(?:0|[1-9]\d*)$/.test(key) ? here[Number(key)] : undefined;
    else if (typeof here === 'object' && here !== null && Object.hasOwn(here, key))
      here = Reflect.get(here, key);
    else return undefined;
  }
  return here;
}
