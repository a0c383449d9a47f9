# System packages, from the distribution. Sourced by ./bootstrap.

# packagesOf SECTION...: the package names of these sections of debian-packages.txt.
packagesOf() {
  awk -v wanted=" $* " '
    { sub(/#.*/, ""); gsub(/[ \t]+$/, "") }
    /^\[/ { section = substr($0, 2, length($0) - 2); next }
    NF && index(wanted, " " section " ") { print $1 }' "$corticast_source/packaging/debian-packages.txt"
}

# missingOf PACKAGE...: those that dpkg does not have installed.
missingOf() {
  local have
  # dpkg-query fails where it does not know one of them, which is no failure here.
  have=$({ dpkg-query -W -f '${db:Status-Status} ${Package}\n' "$@" 2>/dev/null || true; } | awk '$1 == "installed" {print $2}' | sort -u)
  comm -23 <(printf '%s\n' "$@" | sort -u) <(echo "$have")
}

# quietly COMMAND...: on a terminal as it is; elsewhere its hundreds of lines go to a log that is shown where it fails.
quietly() {
  local log=$corticast_deps/apt.log
  if [ -t 2 ]; then
    "$@" >&2
  elif ! "$@" >"$log" 2>&1 </dev/null; then
    tail -n 40 "$log" >&2
    return 1
  fi
}

# installSystemPackages SECTION...
installSystemPackages() {
  local wanted missing started=$SECONDS
  mapfile -t wanted < <(packagesOf "$@")
  if ! command -v dpkg-query >/dev/null || ! command -v apt-get >/dev/null; then
    say "no dpkg here: install what these Debian packages hold yourself if the build misses it: ${wanted[*]}"
    return
  fi
  mapfile -t missing < <(missingOf "${wanted[@]}")
  ((${#missing[@]} == 0)) && return
  say "installing ${#missing[@]} system packages: ${missing[*]}"
  asRoot true || fail "install system packages" "${missing[*]}" "neither root nor sudo" \
    "run as root: apt-get install ${missing[*]}"
  mkdir -p "$corticast_deps"
  quietly asRoot apt-get -q update || say "the package lists could not be refreshed; going on with those here"
  quietly asRoot env DEBIAN_FRONTEND=noninteractive apt-get -q -y install --no-install-recommends "${missing[@]}" ||
    fail "install system packages" "${missing[*]}" "apt-get failed, see above" "repair the system's package sources and try again"
  say "system packages installed in $(took $((SECONDS - started)))"
}
