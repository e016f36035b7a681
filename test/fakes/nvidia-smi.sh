#!/bin/sh
# A nvidia-smi that does as FAKE_MODE says; see nvidia-smi.ts. Its starts are noted in FAKE_STARTS.
echo "$$ LC_ALL=$LC_ALL $*" >>"$FAKE_STARTS"

# PCI addresses, separated by commas, of the GPUs that are asked for; none: all.
asked=
for argument in "$@"; do
  [ "$before" = -i ] && asked=$argument
  before=$argument
done

say() {
  if [ -z "$asked" ]; then
    cat "$FAKE_DOCUMENT"
    return
  fi
  # Addresses have eight digits of domain and capital letters in a document, four and small ones in the kernel.
  awk -v asked=",$asked," '
    /<gpu id=/ {
      split($0, parts, "\"")
      wanted = index(asked, "," tolower(substr(parts[2], 5)) ",") > 0
    }
    !inside && /<gpu id=/ { inside = 1 }
    !inside || wanted { print }
    /<\/gpu>/ { inside = 0 }
  ' "$FAKE_DOCUMENT"
}

if [ -e "$FAKE_STARTS.mode" ]; then FAKE_MODE=$(cat "$FAKE_STARTS.mode"); fi

case "$FAKE_MODE" in
replay) say ;;
warn)
  echo 'WARNING: infoROM is corrupted at gpu 0000:01:00.0' >&2
  say
  exit 14
  ;;
lost)
  echo 'Unable to determine the device handle for GPU 0000:02:00.0: GPU is lost.  Reboot the system to recover this GPU'
  say
  exit 15
  ;;
lost-alone)
  echo 'Unable to determine the device handle for GPU 0000:02:00.0: GPU is lost.  Reboot the system to recover this GPU'
  exit 15
  ;;
stderr)
  echo 'something on stderr' >&2
  say
  ;;
no-driver)
  echo "NVIDIA-SMI has failed because it couldn't communicate with the NVIDIA driver." >&2
  exit 9
  ;;
garbage) echo 'this is no document' ;;
cut) head -c 2000 "$FAKE_DOCUMENT" ;;
hang) exec sleep 600 ;;
hang-at-end)
  say
  exec sleep 600
  ;;
deaf)
  trap '' TERM
  echo "$$" >"$FAKE_STARTS.deaf"
  while :; do sleep 0.05; done
  ;;
leaves-child)
  say
  sleep 600 &
  echo $! >"$FAKE_STARTS.child"
  ;;
family)
  (trap '' TERM; while :; do sleep 0.05; done) &
  echo $! >"$FAKE_STARTS.child"
  sleep 600
  ;;
flood) yes 'garbage that never ends' | head -c 40000000 ;;
flood-xml)
  echo '<?xml version="1.0" ?><nvidia_smi_log>'
  yes '<gpu><fb_memory_usage><used>1 MiB</used></fb_memory_usage></gpu>' | head -c 40000000
  ;;
flood-clocks)
  echo '<?xml version="1.0" ?><nvidia_smi_log><supported_clocks>'
  yes '<value>405 MHz</value>' | head -c 30000000
  echo '</supported_clocks></nvidia_smi_log>'
  ;;
stream) while :; do say; sleep 0.05; done ;;
stream-lost)
  while :; do
    [ -e "$FAKE_STARTS.found" ] ||
      echo 'Unable to determine the device handle for GPU 0000:02:00.0: GPU is lost.  Reboot the system to recover this GPU'
    say
    sleep 0.05
  done
  ;;
stream-then-hang)
  say
  say
  exec sleep 600
  ;;
stream-then-die)
  say
  say
  exit 15
  ;;
*) echo "fake nvidia-smi: no mode $FAKE_MODE" >&2; exit 2 ;;
esac
