#!/bin/bash
# Becomes a program of an unpacked Debian package that looks for its files in /usr/share.
#
#   unpacked.sh ROOT PROGRAM [ARGUMENT...]     ROOT: where unpack.sh put the packages
#
# Debian's Alertmanager opens /usr/share/prometheus/alertmanager/default.tmpl and no flag changes that, so it
# gets a mount namespace where ROOT/usr/share lies over /usr/share. The host does not see it.
set -eu
if [ "${1-}" = --mounted ]; then
  mount -t overlay overlay -o "lowerdir=$2/usr/share:/usr/share" /usr/share
  shift 2
  # The parent death signal last: entering a user namespace may clear it.
  exec setpriv --pdeathsig KILL -- "$@"
fi
user=--map-root-user
[ "$(id -u)" != 0 ] || user=
exec unshare $user --mount bash "$0" --mounted "$@"
