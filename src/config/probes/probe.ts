import * as z from 'zod';
import type { ProbeKind, ProbePlan } from '../../domain/probes/plan.ts';
import { duration } from '../duration.ts';
import { commandProbe } from './command.ts';
import { dnsProbe } from './dns.ts';
import { directoryProbe, fileProbe } from './files.ts';
import { httpProbe } from './http.ts';
import { pidfileProbe } from './pidfile.ts';
import { comfyuiProbe, ollamaProbe, rayProbe, vllmProbe } from './presets.ts';
import { redisProbe } from './redis.ts';
import { tcpProbe } from './tcp.ts';

/** What a probe may ask, one line a key: its settings, and the type that they are for. */
const kinds = {
  http: httpProbe
    .transform((settings): ProbeKind => ({ type: 'http', settings }))
    .optional()
    .describe('Ask a server over HTTP or HTTPS.'),
  tcp: tcpProbe
    .transform((settings): ProbeKind => ({ type: 'tcp', settings }))
    .optional()
    .describe('Connect to a port, and perhaps talk.'),
  redis: redisProbe
    .transform((settings): ProbeKind => ({ type: 'redis', settings }))
    .optional()
    .describe('Ask a Redis; without anything: that of this machine at its usual port.'),
  dns: dnsProbe
    .transform((settings): ProbeKind => ({ type: 'dns', settings }))
    .optional()
    .describe('Ask for records of a name.'),
  file: fileProbe
    .transform((settings): ProbeKind => ({ type: 'file', settings }))
    .optional()
    .describe('Look at a file.'),
  directory: directoryProbe
    .transform((settings): ProbeKind => ({ type: 'directory', settings }))
    .optional()
    .describe('Look at the files in a folder, and how full its file system is.'),
  pidfile: pidfileProbe
    .transform((settings): ProbeKind => ({ type: 'pidfile', settings }))
    .optional()
    .describe('Whether the process of a pid file runs.'),
  command: commandProbe
    .transform((settings): ProbeKind => ({ type: 'command', settings }))
    .optional()
    .describe('Run a program, without a shell.'),
  comfyui: comfyuiProbe
    .optional()
    .describe('Ask a ComfyUI: whether it answers, the memory of its GPUs, and how much waits in its queue.'),
  ray: rayProbe.optional().describe('Ask a Ray: the head by its dashboard, or a worker by its agent.'),
  vllm: vllmProbe
    .optional()
    .describe('Ask a vLLM whether its server answers, which it also does while its engine hangs.'),
  ollama: ollamaProbe
    .optional()
    .describe('Ask an Ollama: whether it answers, and how much of its models is in the memory of GPUs.'),
};

const NAME = 'expected a name of small letters, digits, - and _, such as comfyui-a';

/** The name of a probe. */
const name = z.string({ error: NAME }).regex(/^[a-z0-9][a-z0-9_-]{0,62}$/, { error: NAME });

const UNIT = 'expected the name of a unit, as the label name of its metrics has it: comfyui@a.service';

/** Of any manager: launchd's jobs have no suffix. */
const unit = z.string({ error: UNIT }).regex(/^[A-Za-z0-9:_.\\@-]{1,255}$/, { error: UNIT });

const SHORTEST_INTERVAL_SECONDS = 1;
/** What is asked more rarely is no probe, and looks stale for days. */
const LONGEST_INTERVAL_SECONDS = 24 * 3600;
const SHORTEST_TIMEOUT_SECONDS = 0.01;
const USUAL_TIMEOUT_SECONDS = 5;

const written = z.strictObject({
  name: name.describe('A name of its own; the label probe of its metrics.'),
  unit: unit.optional().describe('The unit that it is about; the label unit of its metrics.'),
  interval: duration
    .refine((seconds) => seconds >= SHORTEST_INTERVAL_SECONDS, {
      error: 'expected an interval of at least 1s',
    })
    .refine((seconds) => seconds <= LONGEST_INTERVAL_SECONDS, {
      error: 'expected an interval of at most 24h',
    })
    .prefault('30s')
    .describe('How often it is asked: 1s to 24h.'),
  timeout: duration
    .refine((seconds) => seconds >= SHORTEST_TIMEOUT_SECONDS, {
      error: 'expected a timeout of at least 10ms',
    })
    .optional()
    .describe(
      'How long one question may take, from 10ms to the interval; 5s, or the interval if that is shorter.',
    ),
  ...kinds,
});

/** A probe in the configuration; a plan in the program, but for its mark. */
const probe = written
  .describe('A name, and exactly one key that says what is asked.')
  .transform((given, context): Omit<ProbePlan, 'mark'> & ProbeKind => {
    const {
      name: own,
      unit: about = '',
      interval,
      timeout = Math.min(USUAL_TIMEOUT_SECONDS, interval),
    } = given;
    const asked = KEYS.filter((key) => given[key] !== undefined);
    const [kind, second] = asked.map((key) => ({ key, kind: given[key] }));
    const fault = (message: string, key?: string) => {
      context.issues.push({ code: 'custom', message, input: given, path: key === undefined ? [] : [key] });
      return z.NEVER;
    };
    if (kind?.kind === undefined) return fault(`expected what to ask: one of ${KEYS.join(', ')}`);
    if (second !== undefined)
      return fault(`expected one thing to ask; there is ${kind.key} already`, second.key);
    if (timeout > interval) {
      return fault(
        `expected at most the interval (${interval} s); one question must end before the next`,
        'timeout',
      );
    }
    const timing = { intervalMs: interval * 1000, timeoutMs: timeout * 1000 };
    return { name: own, unit: about, timing, ...kind.kind };
  });

type Key = keyof typeof kinds;
const KEYS = Object.keys(kinds) as readonly Key[]; // of an object that stands above

/** More are no longer a box's. */
const MOST_PROBES = 1000;

/** The list `probes:`. */
export const probes = z
  .array(probe, { error: 'expected a list of probes' })
  .max(MOST_PROBES, { error: `expected at most ${MOST_PROBES} probes` })
  .default([]);
