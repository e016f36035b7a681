import * as z from 'zod';
import type { JsonTotal } from '../../domain/json-totals.ts';
import type { HttpSettings } from '../../domain/probes/http.ts';
import type { ProbeKind } from '../../domain/probes/plan.ts';
import { absolutePath } from '../path.ts';
import { httpProbe, httpUrl } from './http.ts';
import { addresses, tls } from './parts.ts';

/** One of the things that a service is asked. */
interface Question {
  /** Below the address of the service. */
  readonly path: string;
  /** What its answer must hold, as `http:` has it. */
  readonly expect?: Pick<z.input<typeof httpProbe>, 'body_matches' | 'json' | 'values'>;
  readonly totals?: Readonly<Record<string, JsonTotal>>;
}

const SERVICE_URL = 'expected the address of the service and nothing behind ?, such as http://127.0.0.1:8188';

/** What all services may be told. Behind a proxy a service may have a path. */
const service = {
  url: httpUrl
    .refine((url) => !url.includes('?'), { error: SERVICE_URL })
    .optional()
    .describe('Address of the service; left out: its usual port on this machine.'),
  bearer_token_file: absolutePath.optional().describe('File with a bearer token to send.'),
  header_files: z
    .record(z.string(), absolutePath)
    .optional()
    .describe('Headers whose values are secrets, each in a file.'),
  tls: tls.prefault({}).describe('How a secure connection is made.'),
  addresses,
};

type Service = z.output<z.ZodObject<typeof service>>;

/** The probe that asks a service these questions, one after the other; or, with the context, what is wrong. */
function kindOf(
  given: Service,
  usualUrl: string,
  questions: readonly [Question, ...Question[]],
  context: z.core.$RefinementCtx,
): ProbeKind {
  const base = (given.url ?? usualUrl).replace(/\/+$/, '');
  const [firstQuestion, ...others] = questions;
  const settings = settingsOf(given, base, firstQuestion, context);
  // What is wrong with the first is wrong with all of them, and said once.
  if (settings === undefined) return z.NEVER;
  const next = others.map((question) => settingsOf(given, base, question, context));
  return { type: 'http', settings, next: next.filter((one) => one !== undefined) };
}

function settingsOf(
  given: Service,
  base: string,
  { path, expect, totals }: Question,
  context: z.core.$RefinementCtx,
): HttpSettings | undefined {
  const { bearer_token_file, header_files } = given;
  const parsed = httpProbe.safeParse({ url: `${base}${path}`, bearer_token_file, header_files, ...expect });
  if (parsed.success) return { ...parsed.data, tls: given.tls, addresses: given.addresses, totals };
  for (const { path: at, message } of parsed.error.issues) {
    context.issues.push({ code: 'custom', message, path: [...at], input: given });
  }
  return undefined;
}

/** A list in the answer, counted, or with numbers of its items added up. */
function total(list: string, item?: string): JsonTotal {
  return { list, item };
}

/** `comfyui:` of a probe: whether it answers, the memory of its GPUs, and how much waits in its queue. */
export const comfyuiProbe = z.strictObject(service).transform((given, context) =>
  kindOf(
    given,
    'http://127.0.0.1:8188',
    [
      {
        path: '/system_stats',
        expect: { json: [{ pointer: '/system', exists: true }] },
        totals: {
          devices: total('/devices'),
          vram_free_bytes: total('/devices', '/vram_free'),
          vram_total_bytes: total('/devices', '/vram_total'),
        },
      },
      // Not /queue: that holds whole workflows, which are large and nobody else's business.
      {
        path: '/prompt',
        expect: {
          json: [{ pointer: '/exec_info/queue_remaining', min: 0 }],
          values: { queue_remaining: '/exec_info/queue_remaining' },
        },
      },
    ],
    context,
  ),
);

/** `ray:` of a probe: the head of a cluster by its dashboard, or a worker by its agent. */
export const rayProbe = z
  .strictObject({
    ...service,
    role: z
      .enum(['head', 'worker'], { error: 'expected head or worker' })
      .default('head')
      .describe('Which of them it is.'),
  })
  .transform((given, context) => {
    if (given.role === 'worker') {
      const health = { path: '/api/local_raylet_healthz', expect: { body_matches: '^success' } };
      return kindOf(given, 'http://127.0.0.1:52365', [health], context);
    }
    const health = { path: '/api/gcs_healthz', expect: { body_matches: '^success' } };
    const version = { path: '/api/version', expect: { json: [{ pointer: '/ray_version', exists: true }] } };
    return kindOf(given, 'http://127.0.0.1:8265', [health, version], context);
  });

/**
 * `vllm:` of a probe: whether the server answers.
 *
 * It says nothing of the engine: `/health` stays 200 while that hangs (vLLM issue 39863).
 */
export const vllmProbe = z
  .strictObject(service)
  .transform((given, context) => kindOf(given, 'http://127.0.0.1:8000', [{ path: '/health' }], context));

/** `ollama:` of a probe: whether it answers, and how much of the loaded models is in the memory of GPUs. */
export const ollamaProbe = z.strictObject(service).transform((given, context) =>
  kindOf(
    given,
    'http://127.0.0.1:11434',
    [
      { path: '/api/version', expect: { json: [{ pointer: '/version', exists: true }] } },
      {
        path: '/api/ps',
        expect: { json: [{ pointer: '/models', exists: true }] },
        totals: {
          models: total('/models'),
          models_bytes: total('/models', '/size'),
          models_vram_bytes: total('/models', '/size_vram'),
        },
      },
    ],
    context,
  ),
);
