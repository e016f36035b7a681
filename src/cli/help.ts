const GENERAL = `fettle keeps the services of a GPU box in fine fettle.

Usage:
  fettle serve [--config FILE] [--only exporter|remediator]
  fettle check FILE
  fettle polkit FILE [--user NAME]
  fettle schema
  fettle rules [--config FILE] [--group NAME]
  fettle pause --reason TEXT [--for DURATION] [--config FILE]
  fettle resume [--config FILE]
  fettle units [PATTERN...] [--watch] [--json]
  fettle gpu [--watch] [--json]
  fettle doctor [--config FILE] [--json]
  fettle probe [NAME] [--config FILE] [--json]
  fettle logs UNIT... [--since TIME] [--priority WORD] [--follow]
  fettle repairs [--unit UNIT] [--policy NAME] [--limit N] [--json]
  fettle audit verify [LEDGER]
  fettle help [COMMAND]

Commands:
  serve    Export metrics of this machine's units for Prometheus, and repair units
           when Alertmanager says so. Without a configuration it exports, and
           repairs nothing.
  check    Read a configuration file and say what is wrong with it, or what its
           policies may do.
  polkit   Print the polkit rule that lets fettle do what its policies need, and no more.
  schema   Print the JSON Schema of configurations, for editors.
  rules    Print the alert rules for Prometheus, with thresholds of your own.
  pause    Have the remediator begin nothing new for a while.
  resume   End the pause.
  units    Show units of this machine: states, restarts, memory, CPU time, tasks.
  gpu      Show the GPUs of this machine, and which units use them.
  doctor   Describe this machine, and check what fettle needs of it.
  probe    Ask one of the probes of the configuration now, and explain the answer.
  logs     Show what units have written to the journal.
  repairs  Show what alerts have led to, step by step, or why they led to nothing.
  audit    Verify that nobody has changed the ledger of repairs, or the evidence.

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
  STATE_DIRECTORY          Folder of the ledger and of what was counted in the journal, as
                           systemd sets it; else /var/lib/fettle for root, and
                           ~/.local/state/fettle for others.
`;

const CHECK = `fettle check: read a configuration file without running anything.

Usage:
  fettle check FILE

Every problem is told in one line, FILE:LINE:COLUMN: setting: what was expected, and the
exit code is 2. If all is well, the exit code is 0 and the policies are told in words:
what each may do to which unit, upon which alert, in which order, what proves it, what
stops it, and what happens in the end. Lines that begin with warning: tell what is in
order, and yet worth a thought.
`;

const POLKIT = `fettle polkit: print the polkit rule that lets fettle do what its policies need.

Usage:
  fettle polkit FILE [--user NAME]

FILE is a configuration. Who is not root may restart a unit only if polkit says so. The
rule grants, for each unit, the verbs that the policies need which enforce, and denies
this user everything else that systemd asks about; what policies in dry run would need
stands in comments. Other users are left to other rules. Without a policy that enforces,
the rule denies everything.

  restart       restart, reset-failed, also for the units in also
  start         start, reset-failed
  stop, reload  the verb itself
  reset_failed  reset-failed
  run           start and reset-failed of that service, and what then needs
  power_mode    start and reset-failed of its services
  throttle      set-property, which covers every property of the unit

Install it, and make it anew whenever policies change:
  fettle polkit /etc/fettle/fettle.yml > /etc/polkit-1/rules.d/10-fettle.rules

Options:
  --user NAME  The user that the remediator runs as; fettle if not given.

systemd tells polkit the name that a unit has itself, so a policy that names an alias is
denied.

Exit codes: 0 all is well, 2 wrong usage or configuration.
`;

const SCHEMA = `fettle schema: print the JSON Schema of configurations.

Usage:
  fettle schema > fettle.schema.json

An editor that is told of it completes keys, explains them and marks what is wrong. Most
read it from a first line in the configuration such as
  # yaml-language-server: $schema=fettle.schema.json
What depends on more than one key, fettle check tells.
`;

const RULES = `fettle rules: print the alert rules for Prometheus, with thresholds of your own.

Usage:
  fettle rules [--config FILE] [--group NAME]

The files alerts/*.rules.yml of this version hold the same rules, a group a file, with the
default thresholds. They need no change for others: before it takes its default each alert
looks for a series fettle:threshold, which the group thresholds records. So keep those
files, and lay one beside them, anew whenever the configuration changes:
  fettle rules --config /etc/fettle/fettle.yml --group thresholds \\
    > /etc/prometheus/rules/thresholds.rules.yml
  systemctl reload prometheus
Or print everything into one file instead of them, without --group.

In the configuration a threshold is a number, or a list of which the first holds that
matches. Matchers are those of Alertmanager; which labels a threshold has, fettle schema
and the error say.
  thresholds:
    unit_down_seconds: 600
    unit_memory_ratio:
      - { match: ['name =~ "comfyui@.+"'], is: 0.95 }
      - { match: ['instance = "gpu1:10558"', 'name = "vllm.service"'], is: 0.8 }

How long something must last (for) is not a threshold: to change that, edit a copy.

Options:
  -c, --config FILE  The configuration with the thresholds; without one, the defaults.
      --group NAME   Only this group: thresholds, or the name of a file.

Exit codes: 0 all is well, 2 wrong usage or configuration.
`;

const PAUSE = `fettle pause: have the remediator begin nothing new for a while.

Usage:
  fettle pause --reason TEXT [--for DURATION] [--config FILE]

The step under way is finished. No further step is begun, also not of a ladder that has
begun, and nothing is put back (throttles, power modes) until the pause ends; new alerts
are refused, with the reason in the ledger. A pause survives restarts of fettle and of the
machine. While one is in force another takes its place.

It is kept as pause.json beside the ledger, so run it as root, or as the user that fettle
runs as. Where there is no ledger nobody looks: nothing is written then, unless --config
or STATE_DIRECTORY says that it is the place. It tells whether a fettle runs that sees it.
A pause.json that is unreadable, or not fettle's, is a pause, too.

Options:
      --reason TEXT   Why, for those who wonder.
      --for DURATION  How long, as in 30m, 2h or 1d; until fettle resume if not given.
  -c, --config FILE   The configuration that fettle serve is given, where the ledger is;
                      /etc/fettle/fettle.yml if not given, if there is one.

Environment:
  STATE_DIRECTORY  Folder of the ledger, if the configuration does not say it; else as for
                   fettle serve.

Exit codes: 0 paused, 1 not, 2 wrong usage or configuration.
`;

const RESUME = `fettle resume: end the pause of the remediator.

Usage:
  fettle resume [--config FILE]

Also removes a pause.json that cannot be read. Alerts that were refused meanwhile are
decided about anew when Alertmanager sends them again.

Options:
  -c, --config FILE  As for fettle pause.

Exit codes: 0 there is no pause any more, 1 it could not be ended, 2 wrong usage or
configuration.
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

const GPU = `fettle gpu: show the GPUs of this machine as a table, or as JSON.

Usage:
  fettle gpu [--json] [--watch [--interval DURATION]] [--config FILE]

Asks nvidia-smi for GPUs of NVIDIA, and the kernel for those of AMD and Intel and that of
a Jetson: no fettle needs to run. Who is not root sees all GPUs, but of AMD's and Intel's
only the own processes, and no Xids where the kernel's log is for root. A driver that
hangs is given 10 s; the other GPUs are shown all the same.

Options:
      --json               One line with an array of objects.
  -w, --watch              Again and again until Ctrl-C: on a terminal in place, else one
                           table after the other, or one line of JSON after the other.
      --interval DURATION  Between two looks, from 100ms to 1d; 2s if not given.
  -c, --config FILE        Take exporter.gpu.nvidia.path and .reader, .kernel_log, .sysfs
                           and .procfs from this configuration, as fettle serve does.

Rows: each GPU, below it the instances into which it is divided (MIG), the units that use
it, and one by one the processes that are in no unit, or in one that cannot be found out
(those of other containers or users, where /proc hides them).

Columns: TEMP is yellow within 5 C of where the GPU slows down by its own thresholds, and
red from there on. MEMORY and USED are of the GPU's own memory. NOTE tells what is wrong
(lost, reset required, ECC errors since the driver was loaded, throttled, the last Xid of
this boot), that the power cap holds it back, which is normal at work, and how many
processes a unit has there. In parentheses is the user whose manager has the unit. What is
not known is -. On a terminal that is too narrow, columns are left out.

Keys of JSON (what is not known is left out; times are Unix seconds):
  gpu vendor name uuid pciBusId state kernelDriver driverVersion temperatureCelsius
  junctionCelsius memoryCelsius slowdownCelsius shutdownCelsius marginCelsius
  utilizationRatio powerWatts powerLimitWatts memoryUsedBytes memoryTotalBytes fanRatio
  performanceState graphicsClockHertz memoryClockHertz throttleReasons recoveryAction
  eccCorrected eccUncorrected remapPending remapFailure xids mig units
state is present, lost, asleep, given-away (to a virtual machine), driverless or unread.
recoveryAction is 0 none, 1 reset, 2 reboot, 3 drain peers, 4 drain and reset.
  in xids:         xid count lastTimestampSeconds
  in mig:          gpuInstance computeInstances profile memoryUsedBytes memoryTotalBytes
  in units:        unit user container processes memoryBytes processList
  in processList:  pid name type memoryBytes
unit is empty for processes of no unit; user is there for units of a user's manager, and
container (the first 12 digits of its id) for processes of one that is in no unit.

Environment:
  PATH      Where nvidia-smi is, if no configuration says it.
  NO_COLOR  No colours, if it is set and not empty.

Exit codes: 0 all is well, 1 there is no GPU, or one is lost or could not be read, 2 wrong
usage or configuration.
`;

const DOCTOR = `fettle doctor: describe this machine, and check what fettle needs of it.

Usage:
  fettle doctor [--config FILE] [--json]

Run it as the user that fettle runs as. It changes nothing, needs no fettle that runs, and
ends within half a minute, whatever hangs.

Each check is ok, warn (fettle works, and something is worth a look) or fail (something is
in the way); those that are not ok are followed by what to do. Checked are Node.js, the
configuration, both ports (free, or taken by a fettle), the ledger and its room, the token
file, polkit's rules (for policies that enforce, if this user is not root), systemd on the
bus, cgroups, the clock, the kernel's log, the journal and where what is counted in it is
kept, inotify, sensors and GPUs. What does not apply to this machine or configuration is
left out.

Options:
  -c, --config FILE  The configuration that fettle serve is given. Without one: as fettle
                     serve does without one.
      --json         One line with an object.

Keys of JSON (what is not known is left out): machine and checks.
  in machine:  system (name version kernel architecture)
               processor (model sockets cores threads)
               hardware virtualisation init cgroups
               memory (totalBytes availableBytes freeBytes swapTotalBytes swapFreeBytes)
               fileSystems (device mountpoint fstype readOnly sizeBytes availableBytes)
               gpus (vendor name driver pciBusId note)
  in checks:   check state told mend

Environment:
  DBUS_SYSTEM_BUS_ADDRESS  Where the system bus is, if not in the usual place.
  STATE_DIRECTORY          Folder of the ledger and of what was counted in the journal, as
                           for fettle serve.
  NO_COLOR                 No colours, if it is set and not empty.

Exit codes: 0 nothing failed, 1 something did, 2 wrong usage.
`;

const PROBE = `fettle probe: ask one of the probes of the configuration now, and explain the answer.

Usage:
  fettle probe [NAME] [--config FILE] [--json]

Asks once, as fettle serve does on its schedule, and tells what was asked, how long each
part of it took, what came (the first 200 characters) and which check failed. Secrets are
never told. No fettle needs to run; who cannot read the files of secrets cannot ask.
Without NAME: the probes that there are.

Options:
  -c, --config FILE  Configuration; /etc/fettle/fettle.yml if not given.
      --json         One line with an object; without NAME, with an array of objects.

Keys of JSON (what is not known is left out):
  probe type unit success reason detail durationSeconds httpStatus phaseSeconds
  certificateExpirySeconds values exitCode files sizeBytes modifiedSeconds freeBytes notes
without NAME:
  probe type unit intervalSeconds timeoutSeconds

Exit codes: 0 all is as it should be, 1 it is not, 2 wrong usage or configuration, or there
is no such probe.
`;

const LOGS = `fettle logs: show what units have written to systemd's journal, oldest first.

Usage:
  fettle logs UNIT... [--since TIME] [--priority WORD] [--lines N] [--follow] [--json]
              [--user USER]

Asks journalctl: no fettle needs to run. Who is neither root nor in the group
systemd-journal sees only messages of their own.

UNIT is the name of a unit (without a suffix it is a service) or a shell glob, such as
'comfyui@*'. What systemd itself says of the unit is shown too.

Options:
      --since TIME     From then on: how long ago (10m, 1h30m), "2026-11-21 18:00", 18:00,
                       2026-11-21T18:00:00Z, today, yesterday, or @ and Unix seconds.
  -p, --priority WORD  Only messages that matter at least so much: emerg, alert, crit,
                       err, warning, notice, info, debug, or 0 to 7.
  -n, --lines N        The newest N; 100 if not given, and all with --since.
  -f, --follow         Go on with new messages until Ctrl-C.
      --json           A line of JSON for each message.
      --user USER      Units of this user's manager, by the user's name or number.

Each line is the time, the priority, the unit if several were asked for, the program with
its process, and the message. Further lines of a message are indented. Control characters
are written as \\u001b, so that no message can steer the terminal; programs' own colours
are left out, and messages cut after 16 384 characters. What is not known is -.

Keys of JSON (what is not known is left out; times are Unix seconds):
  timestampSeconds unit user priority identifier pid message

Environment:
  NO_COLOR  No colours, if it is set and not empty.
  TZ        The time zone.

Exit codes: 0 all is well, 1 there are no such messages or the journal cannot be read, 2
wrong usage.
`;

const REPAIRS = `fettle repairs: show what alerts have led to, newest first.

Usage:
  fettle repairs [LEDGER] [--unit UNIT] [--policy NAME] [--limit N] [--json]
                 [--config FILE]

Reads the ledger and its older files, and changes nothing: fettle may run meanwhile, and
none needs to. Run it as root, or as the user that fettle runs as. Below each row it says
what was done, step by step, and which rails refused, and why. Times are local, but those
in reasons, which end with Z.

evidence: is the file with what was kept of the unit right before that step: the journal's
last lines, properties, cgroup, GPU processes, kernel lines. It is ID-STEP.json (steps
from 0) in the folder evidence beside the ledger. The newest 500 are kept, 64 MiB at most;
of one that is gone nothing is told.

LEDGER is its file. Without it: that of the configuration.

Options:
  -u, --unit UNIT    Only this unit; without a suffix it is a service.
      --policy NAME  Only this policy.
      --limit N      The newest N; 20 if not given.
      --json         One line with an array of objects.
  -c, --config FILE  The configuration that fettle serve is given, where the ledger is;
                     /etc/fettle/fettle.yml if not given, if there is one.

Outcomes: received, working (a step is under way) and waiting (for the next step, or the
end of the alert) go on. repaired is proven. eased: something was done, and the alert is
over. exhausted: the ladder has come to its end in vain. interrupted: fettle stopped in
the middle of a step. refused: rails said no. rehearsed: a dry run would have done
something.

Keys of JSON (what there is not is null; times are RFC 3339):
  id policy unit outcome alert receivedAt endedAt steps rehearsed detail denials
  in alert:    alertname fingerprint startsAt resolved
  in steps:    step action startedAt finishedAt result detail jobResult seconds
               invocationBefore invocationAfter evidence (its SHA-256) evidenceFile saved
               limits undone
  in denials:  rail reason retryAt (left out if asking again makes no sense)

Environment:
  STATE_DIRECTORY  Folder of the ledger, if the configuration does not say it; else as for
                   fettle serve.
  NO_COLOR         No colours, if it is set and not empty.
  TZ               The time zone.

Exit codes: 0 all is well, 1 there is no ledger or it cannot be believed, 2 wrong usage or
configuration.
`;

const AUDIT = `fettle audit verify: verify that nobody has changed the ledger of repairs.

Usage:
  fettle audit verify [LEDGER] [--config FILE]

Each line of the ledger ends with a hash of itself and of the hash before it, so that no
line can be changed, added or taken away without breaking all that follow. This walks
through all of its files, the oldest first, and changes nothing: fettle may run meanwhile,
and none needs to. Run it as root, or as the user that fettle runs as.

The evidence that is still there (folder evidence beside the ledger) is compared with the
SHA-256 that the ledger has of it. Older evidence is deleted by fettle itself, so that a
file that is missing is no error.

What it cannot see: lines that were taken away at the very end, a ledger that somebody has
written anew from its beginning, and evidence that somebody has deleted.

LEDGER is its file. Without it: that of the configuration.

Options:
  -c, --config FILE  The configuration that fettle serve is given, where the ledger is;
                     /etc/fettle/fettle.yml if not given, if there is one.

Environment:
  STATE_DIRECTORY  Folder of the ledger, if the configuration does not say it; else as for
                   fettle serve.

Exit codes: 0 all is whole, 1 it is not (with the file, the line and what is wrong), or
there is no ledger, 2 wrong usage or configuration.
`;

const TOPICS = new Map([
  ['serve', SERVE],
  ['check', CHECK],
  ['polkit', POLKIT],
  ['schema', SCHEMA],
  ['rules', RULES],
  ['pause', PAUSE],
  ['resume', RESUME],
  ['units', UNITS],
  ['gpu', GPU],
  ['doctor', DOCTOR],
  ['probe', PROBE],
  ['logs', LOGS],
  ['repairs', REPAIRS],
  ['audit', AUDIT],
]);

/** The help for a command, or the general one. */
export function helpText(topic: string | undefined): string {
  return TOPICS.get(topic ?? '') ?? GENERAL;
}
