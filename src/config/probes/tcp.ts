import * as z from 'zod';
import type { TcpSettings, TcpStep } from '../../domain/probes/tcp.ts';
import { absolutePath } from '../path.ts';
import { addresses, host, maxBytes, port, search, tls } from './parts.ts';

const STEP = 'expected one of send, send_file and expect';

const EMPTY =
  'expected a pattern that does not fit an empty text, which would be found before a byte has come; write .+ for .*';

const step = z
  .strictObject({
    send: z
      .string({ error: 'expected a text, such as "PING\\r\\n"' })
      .max(65_536, { error: 'expected a text of at most 65536 characters' })
      .optional()
      .describe('A text to send.'),
    send_file: absolutePath.optional().describe('A file whose content is sent, such as a secret.'),
    expect: search
      .refine((pattern) => !pattern.finds(''), { error: EMPTY })
      .optional()
      .describe('RE2 that must be found in what comes.'),
  })
  .transform((given, context): TcpStep => {
    const { send, send_file, expect } = given;
    const steps: TcpStep[] = [
      ...(send === undefined ? [] : [{ send }]),
      ...(send_file === undefined ? [] : [{ sendFile: send_file }]),
      ...(expect === undefined ? [] : [{ expect }]),
    ];
    const [only] = steps;
    if (only !== undefined && steps.length === 1) return only;
    context.issues.push({ code: 'custom', message: STEP, input: given });
    return z.NEVER;
  });

/** `tcp:` of a probe. */
export const tcpProbe = z
  .strictObject({
    host: host.describe('Name or address.'),
    port: port.describe('Port to connect to.'),
    // `tls: true` is `tls: {}`.
    tls: z
      .preprocess((given) => (given === true ? {} : given), tls.optional())
      .describe('How a secure connection is made, or true; left out: it is not secure.'),
    steps: z
      .array(step, { error: 'expected a list of steps: send, send_file or expect' })
      .max(100, { error: 'expected at most 100 steps' })
      .default([])
      .describe(
        'What is said and heard, one after the other; each entry has one of send, send_file and expect.',
      ),
    max_bytes: maxBytes.prefault('64KiB').describe('If more comes, that is a failure; 16MiB at most.'),
    addresses,
  })
  .transform(
    (given): TcpSettings => ({
      host: given.host,
      port: given.port,
      tls: given.tls,
      steps: given.steps,
      maxBytes: given.max_bytes,
      addresses: given.addresses,
    }),
  );
