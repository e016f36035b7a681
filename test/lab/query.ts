/** One series of an instant query's answer. */
export interface QueriedSample {
  readonly metric: Record<string, string>;
  readonly value: number;
}

interface Reply {
  readonly status: string;
  readonly error?: string;
  readonly data?: unknown;
}

/** The instant vector that Prometheus at `url` gives for `expr` now. Throws what it says about a bad one. */
export async function queryPrometheus(url: string, expr: string): Promise<readonly QueriedSample[]> {
  const { result } = (await ask(`${url}/api/v1/query?${new URLSearchParams({ query: expr })}`)) as {
    result: readonly { metric: Record<string, string>; value: [number, string] }[];
  };
  return result.map(({ metric, value }) => ({ metric, value: Number(value[1]) }));
}

/**
 * The addresses of the Alertmanagers that Prometheus at `url` knows.
 *
 * It learns even static ones only 5 s after its start, and an alert that fires before goes nowhere until it
 * is sent again a minute later (`--rules.alert.resend-delay`): wait for this before making one fire.
 */
export async function discoveredAlertmanagers(url: string): Promise<readonly string[]> {
  const { activeAlertmanagers } = (await ask(`${url}/api/v1/alertmanagers`)) as {
    activeAlertmanagers: readonly { url: string }[];
  };
  return activeAlertmanagers.map((alertmanager) => alertmanager.url);
}

async function ask(url: string): Promise<unknown> {
  const body = (await (await fetch(url)).json()) as Reply;
  if (body.data === undefined) throw new Error(`asking ${url}: ${body.error ?? body.status}`);
  return body.data;
}
