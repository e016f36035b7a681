#!/bin/bash
# Runs as the first process of the lab's fresh namespaces, builds its file system and becomes systemd.
#
#   boot.sh STATE     STATE is the lab's folder on the host (see supervise.sh)
#
# LAB_SHARE  folders shared read-write with the host at the same path, one a line
# LAB_PARTS  a folder with systemd and dbus unpacked, for a host that has none; empty where it has
# fd 4       takes the pid of this process as the host sees it
set -eu
STATE=$1
M=$STATE/mnt R=$STATE/mnt/root

# /proc is still the host's here, so this is the host's pid of the systemd that we become.
read -r pid _ </proc/self/stat
echo "$pid" >&4
exec 4>&-

mount --make-rprivate /
mount -t tmpfs -o size=2g,mode=755 tmpfs "$M"
mkdir "$M"/{upper,work,root}
lower=/
if [ -n "$LAB_PARTS" ]; then
  # overlayfs refuses a layer that lies inside another one (ELOOP), so the parts move to the tmpfs.
  mkdir "$M/parts"
  cp -a "$LAB_PARTS/." "$M/parts"
  lower=/:$M/parts
fi
mount -t overlay overlay -o "lowerdir=$lower,upperdir=$M/upper,workdir=$M/work" "$R"

# As systemd-nspawn does it: what is the host's (/sys, /proc/sys) is read-only, /dev holds the harmless nodes.
mount -t proc proc "$R/proc"
mount --bind "$R/proc/sys" "$R/proc/sys"
mount -o remount,bind,ro "$R/proc/sys"
mount -t sysfs -o ro sysfs "$R/sys"
mount -t tmpfs -o mode=755 tmpfs "$R/dev"
cp -a /dev/{null,zero,full,random,urandom,tty} "$R/dev/"
mkdir "$R"/dev/{pts,shm}
mount -t devpts -o newinstance,ptmxmode=0666,mode=620 devpts "$R/dev/pts"
ln -s pts/ptmx "$R/dev/ptmx"
mount -t tmpfs -o mode=1777 tmpfs "$R/dev/shm"
# What systemd says before its journal runs: supervise.sh copies this FIFO to console.log.
touch "$R/dev/kmsg"
mount --bind "$STATE/kmsg" "$R/dev/kmsg"

# Always private: systemd-tmpfiles would empty the host's /tmp.
mount -t tmpfs -o mode=755 tmpfs "$R/run"
mount -t tmpfs -o mode=1777 tmpfs "$R/tmp"
mount -t tmpfs -o mode=1777 tmpfs "$R/var/tmp"

# The lab sees its own cgroups only, laid out as the host's: pure v2, or every v1 hierarchy under its name.
if [ "$(stat -fc %T /sys/fs/cgroup)" = cgroup2fs ]; then
  mount -t cgroup2 cgroup2 "$R/sys/fs/cgroup"
else
  mount -t tmpfs -o mode=755 tmpfs "$R/sys/fs/cgroup"
  while read -r _ path type options _; do
    case $path in /sys/fs/cgroup/?*) ;; *) continue ;; esac
    name=${path##*/}
    mkdir "$R/sys/fs/cgroup/$name"
    case $type in
    cgroup2) mount -t cgroup2 cgroup2 "$R/sys/fs/cgroup/$name" ;;
    cgroup)
      case $options in *name=*) options=${options##*name=} what=none,name=${options%%,*} ;; *) what=$name ;; esac
      mount -t cgroup -o "$what" cgroup "$R/sys/fs/cgroup/$name"
      case $name in *,*) for part in ${name//,/ }; do ln -s "$name" "$R/sys/fs/cgroup/$part"; done ;; esac
      ;;
    esac
  done </proc/mounts
  mount -o remount,ro "$R/sys/fs/cgroup"
fi

while read -r folder; do
  [ -n "$folder" ] || continue
  mkdir -p "$R$folder"
  mount --bind "$folder" "$R$folder"
done <<<"$LAB_SHARE"

# A machine of its own: none of the host's units, drop-ins or limits; Debian's units with the noisy ones masked.
S=$R/etc/systemd/system
rm -rf "$S" "$R"/etc/systemd/{system.conf,system.conf.d,journald.conf,journald.conf.d}
mkdir -p "$S" "$R/etc/systemd/journald.conf.d"
# Debian's rule empties /tmp at boot, and folders of the host may be mounted below it.
rm -rf "$R/etc/tmpfiles.d"
mkdir "$R/etc/tmpfiles.d"
ln -s /dev/null "$R/etc/tmpfiles.d/tmp.conf"
cat >"$S/lab.target" <<'UNIT'
[Unit]
Requires=basic.target
Wants=dbus.service
After=basic.target dbus.service
AllowIsolate=yes
UNIT
printf '[Journal]\nStorage=volatile\nRuntimeMaxUse=64M\nRateLimitIntervalSec=0\nReadKMsg=no\n' \
  >"$R/etc/systemd/journald.conf.d/lab.conf"
for unit in systemd-udevd.service systemd-udev-trigger.service systemd-udevd-kernel.socket \
  systemd-udevd-control.socket systemd-sysctl.service systemd-modules-load.service systemd-random-seed.service \
  systemd-timesyncd.service systemd-hwdb-update.service systemd-update-utmp.service systemd-logind.service \
  systemd-binfmt.service systemd-machine-id-commit.service systemd-remount-fs.service systemd-pstore.service \
  systemd-resolved.service systemd-networkd.service systemd-journal-flush.service docker.service docker.socket \
  containerd.service ssh.service ssh.socket cron.service apparmor.service apt-daily.timer apt-daily-upgrade.timer \
  dpkg-db-backup.timer e2scrub_all.timer fstrim.timer getty.target console-getty.service \
  proc-sys-fs-binfmt_misc.automount dev-hugepages.mount sys-kernel-debug.mount sys-kernel-tracing.mount \
  sys-fs-fuse-connections.mount sys-kernel-config.mount; do
  ln -s /dev/null "$S/$unit"
done
echo lab >"$R/etc/hostname"
: >"$R/etc/fstab"
rm -f "$R/etc/machine-id"
echo 0123456789abcdef0123456789abcdef >"$R/etc/machine-id"

# Unpacked packages bring no users: their maintainer scripts never ran.
id=900
for user in messagebus polkitd; do
  id=$((id + 1))
  grep -q "^$user:" "$R/etc/group" || echo "$user:x:$id:" >>"$R/etc/group"
  gid=$(sed -n "s/^$user:[^:]*:\([0-9]*\):.*/\1/p" "$R/etc/group")
  grep -q "^$user:" "$R/etc/passwd" || echo "$user:x:$id:$gid::/nonexistent:/usr/sbin/nologin" >>"$R/etc/passwd"
done
[ -z "$LAB_PARTS" ] || chroot "$R" systemd-sysusers || true

mkdir -p "$R/mnt/old"
cd "$R"
pivot_root . mnt/old
cd /
umount -l /mnt/old
exec env -i container=lab PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin LANG=C.UTF-8 TERM=dumb \
  /lib/systemd/systemd --system --unit=lab.target --log-target=journal-or-kmsg --show-status=0
