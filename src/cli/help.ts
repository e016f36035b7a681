const GENERAL = `fettle keeps the services of a GPU box in fine fettle.

Usage:
  fettle serve [--config FILE] [--only exporter|remediator]
  fettle check FILE
  fettle units [PATTERN...] [--watch] [--json]
  fettle help [COMMAND]

Commands:
  serve    Export metrics of this machine's units for Prometheus, and repair units
           when Alertmanager says so. Without a configuration it exports, and
           repairs nothing.
  check    Read a configuration file and say what is wrong with it, or what its
           policies may do.
  units    Show units of this machine: states, restarts, memory, CPU time, tasks.

Options:
  -h, --help       Show this help, or that of a command.
  -v, --version    Show the version.

Exit codes: 0 all is well, 1 a failure, 2 wrong usage or configuration.
`;

const SERVE = `fettle serve: export metrics, take alerts, repair units.

Usage:
  fettle serve [--config FILE] [--web.config.file FILE] [--only exporter|remediator]
               [--log-format json|text]

Options:
  -c, --config FILE        Configuration (YAML). Everything in it is optional; without
                           one the exporter listens on 127.0.0.1:10558 and the
                           remediator on 127.0.0.1:10559, in dry run, without policies.
      --web.config.file FILE
                           TLS and users of the listeners, in a file as Prometheus'
                           own exporters take it. Without one: plain HTTP.
      --only HALF          Run only the exporter or only the remediator.
      --log-format FORMAT  json, or text for people; text if standard error is a
                           terminal.

Signals:
  SIGHUP             Read the configuration and the token again. If anything is wrong
                     with them, what runs goes on as it is.
  SIGTERM, SIGINT    Stop. A repair under way is told as interrupted at the next start.

Environment:
  DBUS_SYSTEM_BUS_ADDRESS  Where the system bus is, if not in the usual place.
  STATE_DIRECTORY          Folder of the ledger, as systemd sets it; else
                           /var/lib/fettle for root, ~/.local/state/fettle for others.
`;

const CHECK = `fettle check: read a configuration file without running anything.

Usage:
  fettle check FILE

Every problem is told in one line, FILE:LINE:COLUMN: setting: what was expected, and the
exit code is 2. If all is well, the policies are told in words and the exit code is 0.
`;

const UNITS = `fettle units: show units of this machine as a table, or as JSON.

Usage:
  fettle units [PATTERN...] [--all] [--json] [--watch [--interval DURATION]]

Asks systemd itself: no fettle needs to run, and nobody needs to be root.

PATTERN is the name of a unit (without a suffix it is a service) or a shell glob that
fits its name as a whole, such as 'comfyui@*' or '*.timer'. A name that begins with - goes
after --. Without PATTERN all services are shown. Only units that systemd has in memory
are found; of those that a glob fits, inactive ones are left out.

Options:
  -a, --all                Inactive units too, and those that exist in name only.
      --json               One line with an array of objects.
  -w, --watch              Again and again until Ctrl-C: on a terminal in place, else one
                           table after the other, or one line of JSON after the other.
      --interval DURATION  Between two looks, from 100ms to 1d; 2s if not given.

Columns: SINCE is how long the unit has been in its state. RESTARTS is how often systemd
has restarted it by itself. MEMORY and TASKS come with their limits, where there are any.
CPU is the time used since the start; while watching, the share of one core. NOTE tells
how the last run failed, or when a timer triggers next. What is not known is -.
On a terminal that is too narrow, names are shortened and columns left out.

Keys of JSON (what is not known is left out; times are Unix seconds):
  unit type loadState activeState subState sinceTimestampSeconds restarts result
  exitStatus exitSignal memoryBytes memoryHighBytes memoryMaxBytes cpuSeconds tasks
  tasksMax lastTriggerTimestampSeconds nextElapseTimestampSeconds

Environment:
  DBUS_SYSTEM_BUS_ADDRESS  Where the system bus is, if not in the usual place.
  NO_COLOR                 No colours, if it is set and not empty.

Exit codes: 0 all is well, 1 a PATTERN shows no unit or systemd cannot be reached, 2 wrong
usage.
`;

const TOPICS = new Map([
  ['serve', SERVE],
  ['check', CHECK],
  ['units', UNITS],
]);

/** The help for a command, or the general one. */
export function helpText(topic: string | undefined): string {
  return TOPICS.get(topic ?? '') ?? GENERAL;
}
