import type { AlertState } from '../../domain/circumstances.ts';

const STATES = ['active', 'suppressed', 'unprocessed'] as const;

const GONE: AlertState = { state: 'gone', silencedBy: [], inhibitedBy: [] };

/**
 * What an answer of `GET /api/v2/alerts` says of the alert with this fingerprint.
 *
 * Undefined for what is no such answer. Source: Alertmanager's api/v2/openapi.yaml.
 */
export function parseAlertState(text: string, fingerprint: string): AlertState | undefined {
  const alerts = parseJson(text);
  if (!Array.isArray(alerts)) return undefined;
  const rows = alerts.map((alert: unknown) => ({ ...Object(alert) }) as Readonly<Record<string, unknown>>);
  if (!rows.every((row) => typeof row['fingerprint'] === 'string')) return undefined;
  const own = rows.find((row) => row['fingerprint'] === fingerprint);
  return own === undefined ? GONE : stateOf(Object(own['status']));
}

function stateOf(status: Readonly<Record<string, unknown>>): AlertState | undefined {
  const state = STATES.find((known) => known === status['state']);
  const silencedBy = textsOf(status['silencedBy']);
  const inhibitedBy = textsOf(status['inhibitedBy']);
  if (state === undefined || silencedBy === undefined || inhibitedBy === undefined) return undefined;
  return { state, silencedBy, inhibitedBy };
}

function textsOf(value: unknown): readonly string[] | undefined {
  const isList = Array.isArray(value) && value.every((one) => typeof one === 'string');
  return isList ? value : undefined;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
