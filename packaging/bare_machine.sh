#!/usr/bin/env bash
# bare_machine.sh FOLDER [BOOTSTRAP ARGUMENT...]: what a machine with nothing installed makes of this repository. Puts the
# smallest Debian 12 into FOLDER/root (debootstrap, a second call uses it again as it was left), clones the committed state
# into it and runs ./bootstrap there; without arguments, `run --headless /root/OUT`. Its exit status is bootstrap's.
# Needs root, and debootstrap; about 15 GB of disk. FOLDER must not lie in this repository.
#
#   packaging/bare_machine.sh /var/tmp/bare                        # the main job
#   packaging/bare_machine.sh /var/tmp/bare-core test --core-only  # the engine, where neither Qt nor VTK is installed
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
. "$here/lib.sh"
[ $# -ge 1 ] || { echo "usage: bare_machine.sh FOLDER [BOOTSTRAP ARGUMENT...]" >&2; exit 2; }
[ "$(id -u)" = 0 ] || fail "make a bare machine" "$1" "chroot and mount need root" "run it as root"
command -v debootstrap >/dev/null || fail "make a bare machine" "debootstrap" "it is not installed" "apt-get install debootstrap"
mkdir -p "$1"
root=$(cd "$1" && pwd)/root
shift
(($#)) || set -- run --headless /root/OUT

# Where this machine gets its own packages from, else Debian's own address.
mirror() {
  { apt-get indextargets --format '$(SITE)' 'Created-By: Packages' 2>/dev/null | grep -v security || true; echo http://deb.debian.org/debian; } |
    head -n 1
}

# Names, certificates and how packages are reached are the machine's, not the system's: those are taken over.
takeOver() {
  local certificates=$root/usr/local/share/ca-certificates
  mkdir -p "$certificates" "$root/src"
  cp -L /etc/resolv.conf /etc/hosts "$root/etc/"
  cp /usr/local/share/ca-certificates/*.crt "$certificates/" 2>/dev/null || true
  rm -rf "$root/src/corticast.git"
  git clone -q --bare "$corticast_source" "$root/src/corticast.git"
}

inside() {
  env -i HOME=/root LANG=C.UTF-8 PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin \
    PIP_CERT=/etc/ssl/certs/ca-certificates.crt PIP_DEFAULT_TIMEOUT=180 \
    "$(command -v chroot)" "$root" /bin/bash -c "$1" bash "${@:2}"
}

release() {
  local folder
  for folder in dev proc; do
    if mountpoint -q "$root/$folder"; then umount "$root/$folder"; fi
  done
}

started=$SECONDS
if [ ! -f "$root/.complete" ]; then
  release
  rm -rf --one-file-system "$root"  # never into a mounted /dev
  say "the smallest Debian 12 into $root"
  debootstrap --variant=minbase bookworm "$root" "$(mirror)" >"$root.log" 2>&1 ||
    fail "make a bare machine" "$root" "debootstrap failed" "see $root.log"
  touch "$root/.complete"
  say "debootstrap: done in $(took $((SECONDS - started)))"
fi
takeOver
trap release EXIT
mountpoint -q "$root/proc" || mount -t proc proc "$root/proc"
mountpoint -q "$root/dev" || mount --bind /dev "$root/dev"
# A person who clones has git; everything else is bootstrap's affair.
inside 'apt-get -q update && apt-get -q -y install --no-install-recommends git ca-certificates && update-ca-certificates' \
  >>"$root.log" 2>&1 || fail "make a bare machine" "$root" "git could not be installed" "see $root.log"
started=$SECONDS status=0
inside 'rm -rf /root/corticast && git clone -q /src/corticast.git /root/corticast && cd /root/corticast && ./bootstrap "$@"' "$@" || status=$?
say "./bootstrap $*: exit $status after $(took $((SECONDS - started))), from a clone of $(git -C "$corticast_source" rev-parse --short HEAD)"
exit $status
