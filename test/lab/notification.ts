/** An alert as a test writes it into a notification. */
export interface NotifiedAlert {
  readonly labels: Readonly<Record<string, string>>;
  readonly status?: 'firing' | 'resolved';
  readonly startsAt?: string;
  readonly fingerprint?: string;
}

/** A notification in the shape that Alertmanager 0.25 sends (payload version 4). */
export function notification(alerts: readonly NotifiedAlert[]) {
  const firing = alerts.some(({ status }) => status !== 'resolved');
  return {
    receiver: 'fettle',
    status: firing ? 'firing' : 'resolved',
    alerts: alerts.map(({ labels, status = 'firing', startsAt, fingerprint }) => ({
      status,
      labels,
      annotations: {},
      startsAt: startsAt ?? new Date().toISOString(),
      endsAt: status === 'firing' ? '0001-01-01T00:00:00Z' : new Date().toISOString(),
      generatorURL: '',
      fingerprint: fingerprint ?? 'a1b2c3d4e5f60718',
    })),
    groupLabels: {},
    commonLabels: {},
    commonAnnotations: {},
    externalURL: 'http://alertmanager.test',
    version: '4',
    groupKey: '{}:{}',
    truncatedAlerts: 0,
  };
}

/** Sends a body to a webhook, and gives the status and the answer. */
export async function postWebhook(
  remediatorUrl: string,
  body: unknown,
  token: string,
): Promise<{ readonly status: number; readonly answer: unknown }> {
  const response = await fetch(`${remediatorUrl}/api/v1/webhook`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  });
  return { status: response.status, answer: await response.json() };
}
