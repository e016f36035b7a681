import * as z from 'zod';

/** A path that means the same wherever fettle was started. */
export const absolutePath = z
  .string({ error: 'expected a path such as /etc/fettle/webhook-token' })
  .startsWith('/', { error: 'expected an absolute path, one that starts with /' });
