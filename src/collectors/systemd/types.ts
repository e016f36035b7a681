import { defineMetric, type MetricSpec, type Sample, sample } from '../../domain/metric.ts';
import type { UnitReading } from '../../domain/reading.ts';

const RESTARTS = defineMetric({
  name: 'systemd_service_restart_total',
  help: 'Restarts by systemd itself since the service was last started by hand or its failure was reset.',
  type: 'counter',
  labels: ['name'],
  source: 'org.freedesktop.systemd1.Service NRestarts',
});

const LAST_RESULT = defineMetric({
  name: 'systemd_service_last_result_info',
  help: 'Always 1; how the last run of the service ended, success included.',
  type: 'gauge',
  labels: ['name', 'result'],
  source: 'org.freedesktop.systemd1.Service Result',
});

const EXIT_CODE = defineMetric({
  name: 'systemd_service_exit_code',
  help: 'Exit code of the main process when it last ended by itself; left out if it never did.',
  type: 'gauge',
  labels: ['name'],
  source: 'org.freedesktop.systemd1.Service ExecMainStatus, where ExecMainCode is CLD_EXITED',
});

const EXIT_SIGNAL = defineMetric({
  name: 'systemd_service_exit_signal',
  help: 'Signal that last ended the main process; left out if none did.',
  type: 'gauge',
  labels: ['name'],
  source: 'org.freedesktop.systemd1.Service ExecMainStatus, where ExecMainCode is not CLD_EXITED',
});

const TIMER_LAST = defineMetric({
  name: 'systemd_timer_last_trigger_seconds',
  help: 'Unix time at which the timer last triggered; 0 if never.',
  type: 'gauge',
  labels: ['name'],
  source: 'org.freedesktop.systemd1.Timer LastTriggerUSec',
});

const TIMER_NEXT = defineMetric({
  name: 'systemd_timer_next_elapse_seconds',
  help: 'Unix time at which the timer is planned to trigger next; left out if it is not.',
  type: 'gauge',
  labels: ['name'],
  source: 'org.freedesktop.systemd1.Timer NextElapseUSecRealtime, NextElapseUSecMonotonic',
});

const TIMER_RESULT = defineMetric({
  name: 'systemd_timer_last_result_info',
  help: 'Always 1; how the timer itself fared the last time. How its service fared is told there.',
  type: 'gauge',
  labels: ['name', 'result'],
  source: 'org.freedesktop.systemd1.Timer Result',
});

const ACCEPTED = defineMetric({
  name: 'systemd_socket_accepted_connections_total',
  help: 'Connections that the socket has accepted for services of their own (Accept=yes).',
  type: 'counter',
  labels: ['name'],
  source: 'org.freedesktop.systemd1.Socket NAccepted, read again within a minute',
});

const CONNECTIONS = defineMetric({
  name: 'systemd_socket_current_connections',
  help: 'Connections that are open now (Accept=yes).',
  type: 'gauge',
  labels: ['name'],
  source: 'org.freedesktop.systemd1.Socket NConnections, read again within a minute',
});

const REFUSED = defineMetric({
  name: 'systemd_socket_refused_connections_total',
  help: 'Connections that the socket has refused because too many were open.',
  type: 'counter',
  labels: ['name'],
  source: 'org.freedesktop.systemd1.Socket NRefused, read again within a minute',
});

/** As systemd_exporter types it. */
const REFUSED_AS_GAUGE = defineMetric({ ...REFUSED, type: 'gauge' });

/** Metrics that units of one type have; `oldTypes` as systemd_exporter types them. */
export function typeMetrics(oldTypes: boolean): readonly MetricSpec[] {
  return [
    RESTARTS,
    LAST_RESULT,
    EXIT_CODE,
    EXIT_SIGNAL,
    TIMER_LAST,
    TIMER_NEXT,
    TIMER_RESULT,
    ACCEPTED,
    CONNECTIONS,
    refusedMetric(oldTypes),
  ];
}

function refusedMetric(oldTypes: boolean): typeof REFUSED {
  return oldTypes ? REFUSED_AS_GAUGE : REFUSED;
}

/** Samples that only units of this type have. */
export function typeSamples(
  { name, result, service, timer, socket }: UnitReading,
  oldTypes: boolean,
): readonly Sample[] {
  const known = (metric: MetricSpec<'name'>, value: number | undefined) =>
    value === undefined ? [] : [sample(metric, { name }, value)];
  const told = (metric: MetricSpec<'name' | 'result'>) =>
    result === undefined ? [] : [sample(metric, { name, result }, 1)];
  if (service !== undefined) {
    const { restarts, exitStatus, exitSignal } = service;
    return [
      sample(RESTARTS, { name }, restarts),
      ...told(LAST_RESULT),
      ...known(EXIT_CODE, exitStatus),
      ...known(EXIT_SIGNAL, exitSignal),
    ];
  }
  if (timer !== undefined) {
    const { lastTriggerSeconds, nextElapseSeconds } = timer;
    return [
      ...known(TIMER_LAST, lastTriggerSeconds),
      ...known(TIMER_NEXT, nextElapseSeconds),
      ...told(TIMER_RESULT),
    ];
  }
  if (socket === undefined) return [];
  const { accepted, connections, refused } = socket;
  return [
    ...known(ACCEPTED, accepted),
    ...known(CONNECTIONS, connections),
    ...known(refusedMetric(oldTypes), refused),
  ];
}
