#!/bin/bash
# Unpacks Debian packages into a folder of the project. Nothing is installed, and the host's apt is not changed.
#
#   unpack.sh TARGET only|missing|whole PACKAGE... [+PACKAGE...] [-PACKAGE...]
#
# only      these packages and nothing else; needs no root
# missing   these and whatever of their dependencies this host has not installed
# whole     these and all of their dependencies, whatever this host has; needs no root
# +PACKAGE  wanted, but done without where Debian has it no more
# -PACKAGE  with whole: a dependency to do without, with all that only it needs
#
# TARGET appears complete or not at all. Two at once are safe: the second waits, then finds it done.
set -eu
TARGET=$1 MODE=$2
shift 2
CACHE=${TARGET%/*}
mkdir -p "$CACHE"
exec 9>"$CACHE/lock"
flock 9
[ ! -d "$TARGET" ] || exit 0
rm -rf "$CACHE"/unpack-* # of a run that was killed
WORK=$(mktemp -d "$CACHE/unpack-XXXXXX")
trap 'rm -rf "$WORK"' EXIT
mkdir -p "$WORK"/{debs/partial,lists/partial,cache,root/usr/bin,root/usr/sbin,root/usr/lib,root/usr/lib64}

NEEDED=() WANTED=()
: >"$WORK/status"
for package in "$@"; do
  case $package in
  +*) WANTED+=("${package#+}") ;;
  -*) # apt takes it for installed, in a version that satisfies everybody
    printf 'Package: %s\nStatus: install ok installed\nVersion: 999:1\nArchitecture: all\nMulti-Arch: foreign\n\n' \
      "${package#-}" >>"$WORK/status"
    ;;
  *) NEEDED+=("$package") ;;
  esac
done

apt() { # with folders of our own, so that neither root nor the host's lock is needed
  apt-get -qq -y --no-install-recommends -o Debug::NoLocking=true -o APT::Sandbox::User=root \
    -o Dir::Cache="$WORK/cache" -o Dir::Cache::archives="$WORK/debs" "$@"
}
fetch() { # fetch APT-OPTION...: the packages into $WORK/debs
  case $MODE in
  missing) apt "$@" --download-only install "${NEEDED[@]}" ;;
  whole) apt "$@" -o "Dir::State::status=$WORK/status" --download-only install "${NEEDED[@]}" ;;
  only)
    cd "$WORK/debs"
    apt "$@" download "${NEEDED[@]}" "${WANTED[@]}" && return
    apt "$@" download "${NEEDED[@]}" || return
    for package in "${WANTED[@]}"; do apt "$@" download "$package" || true; done
    ;;
  esac
}
# The host's package lists may be absent (a container) or too old: then lists of our own.
PRIVATE=(-o "Dir::State::lists=$WORK/lists")
if ! fetch >"$WORK/log" 2>&1; then
  if ! { apt "${PRIVATE[@]}" update && fetch "${PRIVATE[@]}"; } >"$WORK/log" 2>&1; then
    echo "could not download ${NEEDED[*]} with apt-get:" >&2
    tail -5 "$WORK/log" >&2
    exit 1
  fi
fi

# The layout of a merged /usr, so that the folder can lie under the host's root in an overlay.
for link in bin sbin lib lib64; do ln -s "usr/$link" "$WORK/root/$link"; done
for deb in "$WORK"/debs/*.deb; do
  dpkg-deb --fsys-tarfile "$deb" | tar -x -p --keep-directory-symlink -C "$WORK/root"
done
chmod 755 "$WORK/root"
mv -T "$WORK/root" "$TARGET"
