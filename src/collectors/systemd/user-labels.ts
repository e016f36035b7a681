/** Labels of everything that is told of a user's own units; the system's have none of them. */
export function userLabels(user: string): Readonly<Record<string, string>> {
  return { scope: 'user', user };
}
