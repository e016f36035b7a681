import { hashSync } from 'bcrypt';

/** A bcrypt hash of the lowest cost, which takes a millisecond. */
export function hashed(password: string): string {
  return hashSync(password, 4);
}
