#!/bin/sh
# What programs do that a probe runs: probe-command.sh MODE [NOTE]
case $1 in
ok) echo fine ;;
fail) echo "the disk is full" >&2; echo "and more" >&2; exit 3 ;;
args) shift; for one; do printf '[%s]' "$one"; done >&2; exit 9 ;;
env) /usr/bin/env | /usr/bin/sort | /usr/bin/tr '\n' ' ' >&2; exit 9 ;;
where) printf '%s ' "$(pwd)" >&2; id >&2; exit 9 ;;
plugin) echo "$2"; exit "$3" ;;
secret) echo "the token is $TOKEN" >&2; echo "got $TOKEN | '$TOKEN'=1 good=2"; exit "$2" ;;
flood) while :; do echo xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx; done ;;
deaf) trap '' TERM; echo $$ >"$2"; while :; do sleep 1; done ;;
family) sleep 600 & echo $! >"$2"; wait ;;
leave) sleep 600 & echo $! >"$2"; echo left ;;
sleep) exec sleep "$2" ;;
quiet) sleep 600 >/dev/null 2>&1 & echo $! >"$2" ;;
alone) [ ! -e "/proc/$2" ] || [ -z "$(cat "/proc/$2/cmdline")" ] ;;
crash) kill -SEGV $$ ;;
esac
