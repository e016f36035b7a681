#!/bin/sh
# A launchctl that keeps its jobs in FAKE_LAUNCHD (DOMAIN/LABEL, a folder each) and really runs them; see launchctl.ts.
# Its words are written after the manual and after what users quote of macOS 14 and 15; none of it is recorded.
root=$FAKE_LAUNCHD
echo "$*" >>"$root/calls"

case "$FAKE_MODE" in
hang) exec sleep 600 ;;
garbage)
  echo 'this is no answer'
  exit 0
  ;;
flood) exec yes 'this never ends' ;;
broken)
  echo 'Unrecognized target specifier.' >&2
  exit 64
  ;;
esac

of() { cat "$job/$1" 2>/dev/null; }

alive() {
  case $(sed 's/.*) //' "/proc/$1/stat" 2>/dev/null) in
  '' | Z* | X*) return 1 ;;
  esac
}

# What has become of the job's process since somebody looked last.
settle() {
  pid=$(of pid)
  if [ -n "$pid" ] && ! alive "$pid"; then
    rm "$job/pid"
    pid=
    of next-exit >"$job/exit"
    case $(of exit) in 0 | '') ;; *) echo 'spawn scheduled' >"$job/rest" ;; esac
  fi
  if [ -n "$pid" ]; then state=running; else state=$(of rest); fi
}

start() {
  echo $(($(of runs) + 1)) >"$job/runs"
  echo "${job#"$root"/}" >>"$root/starts"
  rm -f "$job/signal"
  case $(of behaviour) in
  config)
    echo 78 >"$job/exit"
    echo 'spawn scheduled' >"$job/rest"
    return
    ;;
  dies)
    echo 1 >"$job/next-exit"
    seconds=0.5
    ;;
  prepares)
    echo 3 >"$job/preparing"
    seconds=600
    ;;
  *)
    seconds=600
    ;;
  esac
  setsid sleep "$seconds" </dev/null >/dev/null 2>&1 &
  echo $! >"$job/pid"
  echo $! >>"$root/pids"
}

end() {
  pid=$(of pid)
  [ -z "$pid" ] || kill -"$1" "$pid"
  rm -f "$job/pid"
}

not_found() {
  echo 'Bad request.' >&2
  echo "Could not find service \"${1##*/}\" in domain for ${1%/*}" >&2
  exit 113
}

# Every job of a domain: pid or 0, status, label.
services() {
  for job in "$1"/*/; do
    job=${job%/}
    [ -e "$job/runs" ] || continue
    settle
    status=$(of exit)
    [ -z "$(of signal)" ] || status=-$(of signal)
    printf '\t\t%8s %6s \t%s\n' "${pid:-0}" "${status:-0}" "${job##*/}"
  done
}

print_job() {
  job=$root/$1
  [ -e "$job/runs" ] || not_found "$1"
  case $(of behaviour) in
  private)
    echo 'Not privileged to print this service' >&2
    exit 1
    ;;
  mute) exec sleep 600 ;;
  esac
  settle
  # As long as launchd prepares a process, it has its pid already.
  looks=$(of preparing)
  if [ "${looks:-0}" -gt 0 ] && [ -n "$pid" ]; then
    state=xpcproxy
    echo $((looks - 1)) >"$job/preparing"
  fi
  echo "$1 = {"
  printf '\tactive count = %s\n\tpath = %s\n\ttype = LaunchAgent\n' "${pid:+1}" "$(of plist)"
  printf '\tstate = %s\n\n\tprogram = %s\n' "$state" "$(of program)"
  printf '\targuments = {\n\t\t%s\n\t\truns = 4711\n\t}\n\n' "$(of program)"
  printf '\tdomain = %s [100015]\n\tminimum runtime = 10\n\texit timeout = 5\n' "${1%/*}"
  printf '\truns = %s\n' "$(of runs)"
  [ -z "$pid" ] || printf '\tpid = %s\n\timmediate reason = speculative\n' "$pid"
  if [ -e "$job/signal" ]; then
    printf '\tlast terminating signal = Killed: %s\n' "$(of signal)"
  else
    case $(of exit) in
    '') printf '\tlast exit code = (never exited)\n' ;;
    78) printf '\tlast exit code = 78: EX_CONFIG\n' ;;
    *) printf '\tlast exit code = %s\n' "$(of exit)" ;;
    esac
  fi
  printf '\n\tresource coalition = {\n\t\tID = 1348\n\t\ttype = resource\n\t\tstate = active\n'
  printf '\t\tactive count = 1\n\t\tpid = 1\n\t\tname = %s\n\t}\n\n' "${1##*/}"
  printf '\tspawn type = daemon (3)\n'
  [ "$(of exit)" != 78 ] || printf '\tjob state = spawn failed\n'
  if [ "$(of behaviour)" = timed ]; then
    printf '\trun interval = 60 seconds\n\n\tproperties = runatload\n}\n'
  else
    printf '\n\tproperties = keepalive | runatload\n}\n'
  fi
}

case "$1" in
print-disabled)
  printf '\n\tdisabled services = {\n'
  for label in $(cat "$root/$2/disabled" 2>/dev/null); do printf '\t\t"%s" => disabled\n' "$label"; done
  printf '\t\t"com.example.others" => enabled\n\t}\n'
  ;;
print)
  case "$2" in
  */*/* | system/*) print_job "$2" ;;
  *)
    if [ -e "$root/$2/private" ]; then
      echo "Not privileged to print this domain" >&2
      exit 1
    fi
    if [ ! -d "$root/$2" ]; then
      echo "Could not find domain for ${2%/*}: ${2##*/}" >&2
      exit 112
    fi
    printf '%s = {\n\ttype = login\n\tactive count = 9\n\tservices = {\n' "$2"
    services "$root/$2"
    printf '\t}\n\n\tunmanaged processes = {\n\t\tcom.apple.xpc.launchd.unmanaged.loginwindow.96 = {\n\t\t}\n\t}\n}\n'
    ;;
  esac
  ;;
kickstart)
  target=$2
  [ "$target" != -k ] || target=$3
  job=$root/$target
  [ -e "$job/runs" ] || not_found "$target"
  if [ "$(of behaviour)" = refuses ]; then
    echo 'Could not kickstart service: 150: Operation not permitted while System Integrity Protection is engaged' >&2
    exit 150
  fi
  settle
  [ "$2" != -k ] || end KILL
  [ -e "$job/pid" ] || start
  ;;
bootout)
  job=$root/$2
  if [ ! -e "$job/runs" ]; then
    echo 'Boot-out failed: 3: No such process' >&2
    exit 3
  fi
  [ "$(of behaviour)" != hangs ] || exec sleep 600
  if [ "$(of behaviour)" = refuses ]; then
    echo 'Boot-out failed: 150: Operation not permitted while System Integrity Protection is engaged' >&2
    exit 150
  fi
  if [ "$(of behaviour)" = slow ]; then
    echo 'Boot-out failed: 36: Operation now in progress' >&2
    (sleep 0.3; end TERM; rm -r "$job") </dev/null >/dev/null 2>&1 &
    exit 36
  fi
  end TERM
  rm -r "$job"
  ;;
bootstrap)
  label=$(sed -n 's/^label=//p' "$3" 2>/dev/null)
  job=$root/$2/$label
  if [ -z "$label" ] || [ -e "$job/runs" ]; then
    echo 'Bootstrap failed: 5: Input/output error' >&2
    exit 5
  fi
  mkdir -p "$job"
  echo 0 >"$job/runs"
  echo "$3" >"$job/plist"
  echo /bin/sleep >"$job/program"
  echo 'not running' >"$job/rest"
  sed -n 's/^behaviour=//p' "$3" >"$job/behaviour"
  ! grep -q '^run-at-load' "$3" || start
  ;;
*)
  echo "Unrecognized subcommand: $1" >&2
  exit 64
  ;;
esac
