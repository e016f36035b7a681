import * as z from 'zod';

/** A path that means the same wherever fettle was started. */
export const absolutePath = z
  .string({ error: 'expected a path such as /etc/fettle/webhook-token' })
  .startsWith('/', { error: 'expected an absolute path, one that starts with /' });

/** A path that can be that of a file. */
export const absoluteFile = absolutePath.refine((path) => !/(?:^|\/)\.{0,2}$/.test(path), {
  error: 'expected a file, such as /var/lib/fettle/ledger.jsonl; this can only be a folder',
});
