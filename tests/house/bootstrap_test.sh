#!/usr/bin/env bash
# bootstrap_test.sh ROOT: the parts of ./bootstrap that decide whether a download is good, without a network.
set -euo pipefail
root=$1
export CORTICAST_DEPS
CORTICAST_DEPS=$(mktemp -d)
trap 'rm -rf "$CORTICAST_DEPS"' EXIT
. "$root/packaging/lib.sh"
. "$root/packaging/system.sh"
. "$root/packaging/wheels.sh"
failures=0
expect() { # WHAT COMMAND...
  local what=$1
  shift
  "$@" || { echo "failed: $what"; failures=$((failures + 1)); }
}
not() { ! "$@"; }

# A part of one wheel, pinned in a folder of its own.
pins=$CORTICAST_DEPS/pins
pinsOf() { echo "$pins/$1.sha256"; }
mkdir -p "$pins" "$CORTICAST_DEPS/downloads"
wheel=part-1.0-py3-none-any.whl
(cd "$CORTICAST_DEPS/downloads" && python3 - "$wheel" <<'PY'
import sys, zipfile
with zipfile.ZipFile(sys.argv[1], "w") as z:
    z.writestr("inside/data/file.txt", "good")
    z.writestr("other/file.txt", "left out")
PY
)
{ echo "# a part"; (cd "$CORTICAST_DEPS/downloads" && sha256sum "$wheel"); } >"$(pinsOf part)"
recipe() { unpackWheel "$wheel" inside/data/ "$1"; }
place=$CORTICAST_DEPS/part

expect "an intact download is recognised" isIntact "$wheel" part
expect "an intact download is not fetched again" fetchWheel "$wheel" part
expect "a part that is not there is not installed" not isInstalled part "$place"
cp "$CORTICAST_DEPS/downloads/$wheel" "$CORTICAST_DEPS/kept.whl"
expect "a part is installed from a complete download" installWheels part "$place" recipe 2>/dev/null
expect "only what was asked for is unpacked" test "$(cd "$place" && find . -type f | sort | xargs)" = "./.part.stamp ./file.txt"
expect "an installed part is known" isInstalled part "$place"
expect "nothing half is left" test ! -e "$CORTICAST_DEPS/.making-part"
echo "# a remark" >>"$(pinsOf part)"
expect "a remark beside the pins asks for nothing" isInstalled part "$place"
echo "$(printf '%064d' 0)  more-1.0-py3-none-any.whl" >>"$(pinsOf part)"
expect "changed pins ask for the part again" not isInstalled part "$place"

sed -i '$d' "$(pinsOf part)"
cp "$CORTICAST_DEPS/kept.whl" "$CORTICAST_DEPS/downloads/$wheel"
echo tail >>"$CORTICAST_DEPS/downloads/$wheel"
expect "a damaged download is not taken" not isIntact "$wheel" part

# A pip that "downloads" the damaged file: it has to be refused and removed.
python3() { if [ "$2" = pip ]; then cp "$CORTICAST_DEPS/kept.whl" "$CORTICAST_DEPS/downloads/$wheel" && echo tail >>"$CORTICAST_DEPS/downloads/$wheel"; else command python3 "$@"; fi; }
echo "previous pins" >"$place/.part.stamp"
said=$( (installWheels part "$place" recipe) 2>&1 || true)
expect "a download of another hash is refused" grep -q 'error: download: part-1.0.*SHA-256' <<<"$said"
expect "a refused download is removed" test ! -e "$CORTICAST_DEPS/downloads/$wheel"
expect "the installed part outlives a refused download" test "$(cat "$place/file.txt")" = good
unset -f python3

expect "every section has packages" test "$(packagesOf core | wc -l)" -gt 10
expect "remarks are no package names" not grep -q '[# ]' <(packagesOf core workbench test coverage)
expect "core needs no Qt" not grep -qE 'qt6|vtk' <(packagesOf core test)
if command -v dpkg-query >/dev/null; then
  expect "a package nobody has is missing" test "$(missingOf dpkg no-such-package-at-all)" = no-such-package-at-all
fi
expect "at least one job" test "$(jobs)" -ge 1
expect "an unknown verb is wrong usage" bash -c "'$root/bootstrap' frobnicate 2>/dev/null; test \$? = 2"
expect "help says the two commands" grep -q 'run --headless OUT' <("$root/bootstrap" help)
((failures == 0))
