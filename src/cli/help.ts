const GENERAL = `fettle keeps the services of a GPU box in fine fettle.

Usage:
  fettle serve [--config FILE] [--only exporter|remediator]
  fettle check FILE
  fettle help [COMMAND]

Commands:
  serve    Export metrics of this machine's units for Prometheus, and repair units
           when Alertmanager says so. Without a configuration it exports, and
           repairs nothing.
  check    Read a configuration file and say what is wrong with it, or what its
           policies may do.

Options:
  -h, --help       Show this help, or that of a command.
  -v, --version    Show the version.

Exit codes: 0 all is well, 1 a failure, 2 wrong usage or configuration.
`;

const SERVE = `fettle serve: export metrics, take alerts, repair units.

Usage:
  fettle serve [--config FILE] [--only exporter|remediator] [--log-format json|text]

Options:
  -c, --config FILE        Configuration (YAML). Everything in it is optional; without
                           one the exporter listens on 127.0.0.1:10558 and the
                           remediator on 127.0.0.1:10559, in dry run, without policies.
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

/** The help for a command, or the general one. */
export function helpText(topic: string | undefined): string {
  if (topic === 'serve') return SERVE;
  return topic === 'check' ? CHECK : GENERAL;
}
