#!/bin/sh
# A daemon of the old kind: forks twice, writes its pid and its state, and sleeps.
#
#   double-fork.sh PIDFILE STATUSFILE
set -eu
(
  setsid sh -c '
    echo $$ >"$1"
    printf "{\"state\":\"running\",\"queue\":{\"jobs\":3}}\n" >"$2"
    exec sleep 600' daemon "$1" "$2" </dev/null >/dev/null 2>&1 &
)
