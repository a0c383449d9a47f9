# Shared by ./bootstrap and packaging/*.sh: where things are, and how they speak. Sourced, not run.
corticast_source=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
corticast_deps=${CORTICAST_DEPS:-${XDG_CACHE_HOME:-$HOME/.cache}/corticast/deps}
export CORTICAST_DEPS=$corticast_deps
corticast_torch_version=2.11.0

say() { printf '%s\n' "bootstrap: $*" >&2; }

# fail WHAT WHERE WHY REMEDY, as the programs of Corticast report an error.
fail() {
  printf 'error: %s: %s: %s; %s\n' "$@" >&2
  exit 1
}

# took SECONDS: "8 s" or "3 min 20 s".
took() { if (($1 < 60)); then echo "$1 s"; else echo "$(($1 / 60)) min $(($1 % 60)) s"; fi; }

# asRoot COMMAND...: runs it as root, by sudo where we are not.
asRoot() {
  if [ "$(id -u)" = 0 ]; then
    "$@"
  elif command -v sudo >/dev/null; then
    if [ -t 0 ]; then sudo "$@"; else sudo -n "$@"; fi
  else
    return 1
  fi
}

# Memory that this process may use, in MB: the machine's or the container's, whichever is less.
memoryMegabytes() {
  local machine limit
  machine=$(awk '/^MemTotal:/ {print int($2 / 1024)}' /proc/meminfo)
  limit=$(cat /sys/fs/cgroup/memory.max 2>/dev/null || echo max)
  if [[ $limit =~ ^[0-9]+$ ]] && ((limit / 1048576 < machine)); then machine=$((limit / 1048576)); fi
  echo "$machine"
}

# One job per core, but no more than one per 2 GB: a file that includes LibTorch takes that much.
jobs() {
  local cores byMemory
  cores=$(nproc)
  byMemory=$(($(memoryMegabytes) / 2000))
  ((byMemory < 1)) && byMemory=1
  echo $((cores < byMemory ? cores : byMemory))
}

# whenAlone NAME COMMAND...: waits until no other bootstrap holds NAME, so that two never write the same folder.
whenAlone() {
  local name=$1
  shift
  mkdir -p "$corticast_deps"
  (
    exec 9>"$corticast_deps/.$name.lock"
    if ! flock -n 9; then
      say "another bootstrap is at work on $name; waiting for it"
      flock 9
    fi
    "$@"
  )
}
