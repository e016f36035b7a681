import { ProbeFault } from '../../domain/probes/fault.ts';
import type { TcpSettings, TcpStep } from '../../domain/probes/tcp.ts';
import { systemClock } from '../../host/clock.ts';
import { type Connection, openConnection } from '../../host/net/connection.ts';
import { type Destination, whereOf } from '../../host/net/open-socket.ts';
import { createTlsFiles } from '../../host/net/tls-files.ts';
import type { Ask, Findings } from './asking.ts';
import type { ProbeDeps } from './deps.ts';
import { excerpt, scrubOf } from './scrub.ts';

/** Connects over TCP or TLS, and has a conversation there, if there is one to be had. */
export function askTcp(settings: TcpSettings, deps: ProbeDeps): Ask {
  const { host, port, addresses, maxBytes } = settings;
  const material = settings.tls === undefined ? undefined : createTlsFiles(settings.tls, deps.readSecret);
  return async (signal, found) => {
    found.stage = 'reading the files of secrets';
    const steps = await Promise.all(settings.steps.map((step) => readStep(step, deps)));
    const to: Destination = { kind: 'tcp', host, port, addresses, tls: await material?.() };
    found.stage = `connecting to ${whereOf(to)}`;
    found.notes.push(`asked: ${whereOf(to)}${material === undefined ? '' : ' with TLS'}`);
    const connection = await openConnection({ to, maxBytes, signal, found }, deps);
    try {
      await talk(connection, steps, found, signal);
    } finally {
      connection.close();
    }
  };
}

/** A step, and whether what it sends is a secret. */
type ReadStep = Exclude<TcpStep, { readonly sendFile: string }> & { readonly isSecret?: boolean };

async function readStep(step: TcpStep, { readSecret }: ProbeDeps): Promise<ReadStep> {
  return 'sendFile' in step ? { send: await readSecret(step.sendFile), isSecret: true } : step;
}

/** Looked at no more often than this, however small the parts are in which it comes. */
const LOOK_MS = 5;

async function talk(
  connection: Connection,
  steps: readonly ReadStep[],
  found: Findings,
  signal: AbortSignal,
): Promise<void> {
  const scrub = scrubOf(
    steps.flatMap((step) => ('send' in step && step.isSecret ? secretsOf(step.send) : [])),
  );
  let parts: Buffer[] = [];
  for (const [index, step] of steps.entries()) {
    if ('send' in step) {
      parts = [];
      found.stage = `sending (step ${index + 1})`;
      await connection.write(step.send);
      continue;
    }
    found.stage = `waiting for what fits ${step.expect.text} (step ${index + 1})`;
    for (;;) {
      const text = Buffer.concat(parts).toString('utf8');
      if (step.expect.finds(text)) {
        found.notes.push(`answer (step ${index + 1}): ${excerpt(text, scrub)}`);
        break;
      }
      if (parts.length > 0) await systemClock.sleep(LOOK_MS, signal);
      const part = await connection.read();
      if (part === undefined) {
        found.notes.push(`answer (step ${index + 1}): ${excerpt(text, scrub)}`);
        throw new ProbeFault('content', unfit(step.expect.text, index));
      }
      parts.push(part);
    }
  }
}

/** A file of secrets, its lines, and their words: a server may repeat any of them. */
function secretsOf(text: string): readonly string[] {
  return [text, ...text.split(/\s+/).filter((word) => word.length > 3)];
}

function unfit(pattern: string, index: number): string {
  return `step ${index + 1}: the connection was ended before anything came that fits ${pattern}`;
}
