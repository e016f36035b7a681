#!/bin/sh
# A daemon that forks twice and writes its pid to FOLDER/pid; usage: daemon.sh FOLDER VERB. See daemon.ts.
# Its output stays open, as that of many a daemon.
folder=$1
verb=$2

alive() {
  case $(sed 's/.*) //' "/proc/$1/stat" 2>/dev/null) in
  '' | Z* | X*) return 1 ;;
  esac
}

running() {
  pid=$(cat "$folder/pid" 2>/dev/null)
  [ -n "$pid" ] && alive "$pid"
}

start() {
  ! running || exit 0
  echo start >>"$folder/starts"
  setsid "$0" "$folder" leader &
}

stop() {
  echo stop >>"$folder/stops"
  [ ! -e "$folder/hangs" ] || exec sleep 600
  ! running || kill "$pid"
  while running; do sleep 0.05; done
  rm -f "$folder/pid"
}

case "$verb" in
start) start ;;
stop) stop ;;
restart)
  stop
  start
  ;;
status) running || exit 3 ;;
fail) exit 7 ;;
leader)
  "$0" "$folder" main &
  echo $! >>"$folder/processes"
  echo $! >"$folder/pid.next"
  mv "$folder/pid.next" "$folder/pid"
  ;;
main)
  if [ -e "$folder/dies" ]; then
    sleep 0.5
    exit 1
  fi
  echo '{"state": "ok", "queue": {"length": 3}}' >"$folder/status.json"
  sleep 600 &
  trap 'kill $!; exit 0' TERM
  # Once its folder is gone, nobody needs it.
  echo $! >>"$folder/processes" || {
    kill $!
    exit 1
  }
  wait
  ;;
esac
