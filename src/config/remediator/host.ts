import * as z from 'zod';
import type { AlertmanagerPlace, Gates, HostBudget, Storm } from '../../domain/policy.ts';
import { asMap } from '../form.ts';
import { absoluteFile } from '../path.ts';
import { limits } from './limit.ts';
import { someTime } from './timing.ts';

const CONCURRENT = 'expected a whole number from 1 to 100';

/** What all policies together may do. */
export const budgets = z.strictObject(
  {
    host: z
      .strictObject(
        {
          concurrent: z
            .int({ error: CONCURRENT })
            .min(1, { error: CONCURRENT })
            .max(100, { error: CONCURRENT })
            .default(1)
            .describe('Repairs at a time.'),
          limits: limits.prefault(['6 per 1h']),
        },
        asMap('expected a map, such as host: { concurrent: 1, limits: ["6 per 1h"] }'),
      )
      .transform((given): HostBudget => given)
      .prefault({})
      .describe('What all policies together may do on this machine.'),
  },
  asMap('expected a map, such as budgets: { host: { limits: ["6 per 1h"] } }'),
);

const UNITS = 'expected a whole number from 2 up; with 1 nothing would ever be repaired';

/** When so many units are in trouble that the machine is suspect. */
export const storm = z
  .strictObject(
    {
      units: z
        .int({ error: UNITS })
        .min(2, { error: UNITS })
        .default(5)
        .describe('So many units in trouble.'),
      within: someTime.prefault('2m').describe('Within so short a time.'),
    },
    asMap('expected a map, such as storm: { units: 5, within: 2m }'),
  )
  .transform(({ units, within }): Storm => ({ units, windowSeconds: within }))
  .describe(
    'So many units in trouble within so short a time: then the machine is suspect, and none is touched.',
  );

const CELSIUS = 'expected a temperature in degrees Celsius from 30 to 150, or off';

const celsius = z.number().min(30, { error: CELSIUS }).max(150, { error: CELSIUS });

/** What the machine must be like before anything is started on it. */
export const gates = z
  .strictObject(
    {
      xid: z
        .boolean({ error: 'expected true or false' })
        .default(true)
        .describe('Whether an Xid that asks for a reset or a reboot of a GPU forbids repairs.'),
      max_celsius: z
        .union([celsius, z.literal('off')], { error: CELSIUS })
        .default(95)
        .describe('The hottest GPU or thermal zone may have so much; off: no matter.'),
    },
    asMap('expected a map; to switch both gates off, write gates: { xid: false, max_celsius: off }'),
  )
  .transform(({ xid, max_celsius: most }): Gates => ({ xid, maxCelsius: most === 'off' ? undefined : most }))
  .describe('What the GPUs and sensors of this machine must be like before anything is done.');

const URL_EXPECTED = 'expected the address of an Alertmanager such as http://127.0.0.1:9093';

/** A question before each step, beside others that take as long; one that is not answered by then forbids it. */
const LONGEST_TIMEOUT_SECONDS = 2;

const address = z.string({ error: URL_EXPECTED }).transform((text, context) => {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const isPlain =
    url !== undefined &&
    (url.protocol === 'http:' || url.protocol === 'https:') &&
    url.username === '' &&
    url.password === '' &&
    url.search === '' &&
    url.hash === '';
  if (isPlain) return url.href.replace(/\/+$/, '');
  const hasUser = url !== undefined && (url.username !== '' || url.password !== '');
  const message = hasUser
    ? `${URL_EXPECTED}, without a user; a secret goes into bearer_token_file`
    : URL_EXPECTED;
  context.issues.push({ code: 'custom', message, input: text });
  return z.NEVER;
});

/** Who is asked whether an alert is silenced, inhibited or over. */
export const alertmanager = z
  .strictObject(
    {
      url: address.describe('Where it is, such as http://127.0.0.1:9093.'),
      bearer_token_file: absoluteFile.optional().describe('File with the bearer token that it asks for.'),
      timeout: someTime
        .refine((seconds) => seconds <= LONGEST_TIMEOUT_SECONDS, {
          error:
            'expected a duration of at most 2s; nothing else that is read before a step is waited for longer',
        })
        .prefault('2s')
        .describe('How long its answer may take, at most 2s; without one nothing is done.'),
    },
    asMap('expected a map: write alertmanager: { url: "http://127.0.0.1:9093" }'),
  )
  .transform(
    ({ url, bearer_token_file: bearerTokenFile, timeout }): AlertmanagerPlace => ({
      url,
      bearerTokenFile,
      timeoutSeconds: timeout,
    }),
  )
  .describe(
    'The Alertmanager that is asked, before each repair, whether the alert is silenced, inhibited or over.',
  );
