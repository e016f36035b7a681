/** One alert of a notification, as Alertmanager writes it; what matters to a test is given. */
export function alertEntry(given: Readonly<Record<string, unknown>> = {}): Readonly<Record<string, unknown>> {
  return {
    status: 'firing',
    labels: { alertname: 'UnitFailed', unit: 'comfyui@a.service' },
    annotations: { summary: 'Systemd unit failed.' },
    startsAt: '2026-11-21T04:01:42.568Z',
    endsAt: '0001-01-01T00:00:00Z',
    generatorURL: 'http://127.0.0.1:9090/graph',
    fingerprint: 'd0cba94e648d96b2',
    ...given,
  };
}

/** The body of an Alertmanager notification, payload version 4. */
export function notificationBody(
  alerts: readonly unknown[] = [alertEntry()],
  given: Readonly<Record<string, unknown>> = {},
): Readonly<Record<string, unknown>> {
  return {
    receiver: 'fettle',
    status: 'firing',
    alerts,
    groupLabels: {},
    commonLabels: {},
    commonAnnotations: {},
    externalURL: 'http://127.0.0.1:9093',
    version: '4',
    groupKey: '{}:{}',
    truncatedAlerts: 0,
    ...given,
  };
}
