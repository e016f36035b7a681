#!/bin/bash
# Owns one lab from the outside: makes its cgroups, boots it, and clears everything away when its owner is gone.
#
#   supervise.sh STATE     STATE: an empty folder named fettle-lab-<owner's pid>-<owner's start time>-<random>
#
# stdin   a pipe held by the owner; a line or its end (also when the owner was killed) stops the lab
# stdout  "pid N" (the lab's systemd as this host sees it) or "failed"; at the end "left WHAT" for leftovers
# The environment is that of boot.sh, and LAB_NET: host or private.
#
# Should this process be killed as well, the kernel takes the lab down (parent death signals), and the next
# lab of this host sweeps the empty folders.
set -u
trap '' PIPE # the owner may be gone when we report
exec 2>>"$1/console.log"
STATE=$1 NAME=${1##*/} HERE=${0%/*} PARENT=${1%/*}
SYSTEMD=''

if [ "$(stat -fc %T /sys/fs/cgroup)" = cgroup2fs ]; then
  HIERARCHIES=/sys/fs/cgroup
else
  HIERARCHIES=$(while read -r _ path type _; do
    case $type:$path in cgroup:/sys/fs/cgroup/* | cgroup2:/sys/fs/cgroup/*) echo "$path" ;; esac
  done </proc/mounts)
fi

# join PID: puts a process into this lab's own child of every hierarchy.
join() {
  local hierarchy group
  for hierarchy in $HIERARCHIES; do
    group=$hierarchy/$NAME
    mkdir "$group" || return
    if [ -f "$group/cpuset.cpus" ] && [ -f "$group/cgroup.clone_children" ]; then
      # A fresh v1 cpuset is empty and takes no process.
      cat "$hierarchy/cpuset.cpus" >"$group/cpuset.cpus"
      cat "$hierarchy/cpuset.mems" >"$group/cpuset.mems"
      echo 1 >"$group/cgroup.clone_children"
    fi
    if [ -f "$hierarchy/cgroup.subtree_control" ]; then
      # v2: a child has only the controllers that its parent hands down. systemd does that on a host of
      # its own; in a bare container nobody did, and it may not be allowed: then the lab has fewer.
      for controller in cpu io memory pids; do
        grep -qw "$controller" "$hierarchy/cgroup.subtree_control" ||
          { echo "+$controller" >"$hierarchy/cgroup.subtree_control"; } 2>/dev/null || true
      done
    fi
    echo "$1" >"$group/cgroup.procs" || return
  done
}

# start_time PID: when it started, in clock ticks since boot: with the pid, the name of one process for good.
start_time() {
  local line
  read -r line 2>/dev/null <"/proc/$1/stat" || return
  set -- ${line##*) }
  echo "${20}"
}

# remove NAME: the cgroups and the folder of a lab whose processes are gone. A cgroup stays busy for some
# milliseconds after its last process has died.
remove() {
  local hierarchy left try
  for try in {1..100}; do
    left=''
    for hierarchy in $HIERARCHIES; do
      [ -d "$hierarchy/$1" ] || continue
      find "$hierarchy/$1" -depth -type d -exec rmdir {} + 2>/dev/null
      [ ! -d "$hierarchy/$1" ] || left="$left $hierarchy/$1"
    done
    [ -n "$left" ] || break
    sleep 0.05
  done
  rm -rf --one-file-system "${PARENT:?}/$1" || left="$left $PARENT/$1"
  [ -z "$left" ] || echo "left$left"
}

# sweep: labs whose owner and supervisor are both gone.
sweep() {
  local path name owner started
  for path in "$PARENT"/fettle-lab-*-*-* $(for h in $HIERARCHIES; do echo "$h/fettle-lab-*-*-*"; done); do
    [ -d "$path" ] || continue
    name=${path##*/}
    IFS=- read -r _ _ owner started _ <<<"$name"
    [ "$(start_time "$owner")" != "$started" ] || continue
    read -r owner started 2>/dev/null <"$PARENT/$name/supervisor" || owner=0 started=none
    [ "$(start_time "$owner")" != "$started" ] || continue
    remove "$name" >/dev/null
  done
}

# The death of a PID 1 takes every process of its namespace with it; wait returns when all are gone.
finish() {
  [ -z "$SYSTEMD" ] || kill -KILL "$SYSTEMD" 2>/dev/null
  [ -z "${UNSHARE:-}" ] || wait "$UNSHARE" 2>/dev/null
  [ -z "${CONSOLE:-}" ] || kill "$CONSOLE" 2>/dev/null
  remove "$NAME"
}
trap finish EXIT
trap 'exit 143' TERM INT HUP

sweep
mkdir "$STATE/mnt"
mkfifo "$STATE/pid" "$STATE/kmsg"
echo "$$ $(start_time $$)" >"$STATE/supervisor"
setpriv --pdeathsig KILL cat <>"$STATE/kmsg" >>"$STATE/console.log" &
CONSOLE=$!

flags='--mount --pid --fork --ipc --uts --cgroup --kill-child'
[ "$LAB_NET" = host ] || flags="$flags --net"
(
  join "$BASHPID" && exec setpriv --pdeathsig KILL setsid unshare $flags bash "$HERE/boot.sh" "$STATE"
) </dev/null >>"$STATE/console.log" 2>&1 4>"$STATE/pid" &
UNSHARE=$!

if read -r -t 20 SYSTEMD <"$STATE/pid"; then echo "pid $SYSTEMD"; else echo failed; fi
read -r _
