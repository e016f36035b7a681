import { ProbeFault } from '../../domain/probes/fault.ts';
import { SEARCHED_BYTES, type TextSearch } from '../../domain/probes/settings.ts';
import type { TcpSettings, TcpStep } from '../../domain/probes/tcp.ts';
import { systemClock } from '../../host/clock.ts';
import { type Connection, openConnection } from '../../host/net/connection.ts';
import { createGrowingBuffer, type GrowingBuffer } from '../../host/net/growing-buffer.ts';
import { type Destination, whereOf } from '../../host/net/open-socket.ts';
import { createTlsFiles } from '../../host/net/tls-files.ts';
import type { Ask, Findings } from './asking.ts';
import type { ProbeDeps } from './deps.ts';
import { answerWords, sizeWords } from './words.ts';

/** Connects over TCP or TLS, and has a conversation there, if there is one to be had. */
export function askTcp(settings: TcpSettings, deps: ProbeDeps): Ask {
  const { host, port, addresses, maxBytes } = settings;
  const material = settings.tls === undefined ? undefined : createTlsFiles(settings.tls, deps);
  const sendsSecret = settings.steps.some((step) => 'sendFile' in step);
  return async (signal, found) => {
    found.stage = 'reading the files of secrets';
    const steps = await Promise.all(settings.steps.map((step) => readStep(step, deps)));
    const to: Destination = { kind: 'tcp', host, port, addresses, tls: await material?.() };
    found.stage = `connecting to ${whereOf(to)}`;
    found.notes.push(`asked: ${whereOf(to)}${material === undefined ? '' : ' with TLS'}`);
    const connection = await openConnection({ to, maxBytes, signal, found }, deps);
    try {
      await talk(steps, { connection, deps, found, sendsSecret, signal });
    } finally {
      connection.close();
    }
  };
}

/** A step, with what is sent. */
type ReadStep = Exclude<TcpStep, { readonly sendFile: string }>;

async function readStep(step: TcpStep, { readSecret }: ProbeDeps): Promise<ReadStep> {
  return 'sendFile' in step ? { send: await readSecret(step.sendFile) } : step;
}

interface Talk {
  readonly connection: Connection;
  readonly deps: ProbeDeps;
  readonly found: Findings;
  readonly sendsSecret: boolean;
  readonly signal: AbortSignal;
}

async function talk(steps: readonly ReadStep[], to: Talk): Promise<void> {
  let heard = createGrowingBuffer();
  for (const [index, step] of steps.entries()) {
    if ('send' in step) {
      heard = createGrowingBuffer();
      to.found.stage = `sending (step ${index + 1})`;
      await to.connection.write(step.send);
    } else {
      await listen(step.expect, `step ${index + 1}`, heard, to);
    }
  }
}

/** Looked at no more often than this, however small the parts are in which it comes. */
const LOOK_MS = 5;

/** To look takes a tenth of the time at most, however long the text and whatever the pattern. */
const REST_FACTOR = 9;

/** Waits until what was heard fits. Throws ProbeFault `content` if that can no longer be, or `too_large`. */
async function listen(expect: TextSearch, step: string, heard: GrowingBuffer, to: Talk): Promise<void> {
  const { connection, deps, found, sendsSecret, signal } = to;
  const note = (text: string) => found.notes.push(`answer (${step}): ${answerWords(text, sendsSecret)}`);
  found.stage = `waiting for what fits ${expect.text} (${step})`;
  for (;;) {
    const begun = deps.elapsedMs();
    const text = heard.bytes().toString('utf8', 0, SEARCHED_BYTES);
    if (expect.finds(text)) return void note(text);
    if (heard.length >= SEARCHED_BYTES) {
      note(text);
      const words = `${step}: the first ${sizeWords(SEARCHED_BYTES)} that came have nothing that fits ${expect.text}`;
      throw new ProbeFault('too_large', words);
    }
    const restMs = Math.max(LOOK_MS, REST_FACTOR * (deps.elapsedMs() - begun));
    if (heard.length > 0) await systemClock.sleep(restMs, signal);
    const part = await connection.read();
    if (part === undefined) {
      note(text);
      const words = `${step}: the connection was ended before anything came that fits ${expect.text}`;
      throw new ProbeFault('content', words);
    }
    heard.add(part);
  }
}
