/** The message of a value that should be a map and is none; what is wrong inside of it is told by its keys. */
export function asMap(expected: string): {
  readonly error: (issue: { readonly code: string }) => string | undefined;
} {
  return { error: ({ code }) => (code === 'invalid_type' ? expected : undefined) };
}
