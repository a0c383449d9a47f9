# Configure, build, test. Sourced by ./bootstrap.

# buildPreset PRESET [TARGET...]
buildPreset() {
  local preset=$1 folder=$corticast_source/build/$1 started=$SECONDS
  shift
  if [ ! -f "$folder/build.ninja" ]; then
    say "configuring preset $preset"
    (cd "$corticast_source" && cmake --preset "$preset" >"$corticast_source/build-configure.log" 2>&1) ||
      { cat "$corticast_source/build-configure.log" >&2; rm -f "$corticast_source/build-configure.log"
        fail "configure" "preset $preset" "cmake failed, see above" "run ./bootstrap deps, then try again"; }
    rm -f "$corticast_source/build-configure.log"
  fi
  # Percent done, files done of all, seconds so far.
  NINJA_STATUS='[%p %f/%t, %e s] ' cmake --build "$folder" -j "$(jobs)" ${1:+--target "$@"} >&2 ||
    fail "build" "preset $preset" "the compiler failed, see above" "correct what it names, or report it with the lines above"
  say "built preset $preset in $(took $((SECONDS - started))), with $(jobs) jobs"
}

# hasWorkbench PRESET: the window program is part of this build.
hasWorkbench() { [ -x "$corticast_source/build/$1/bin/corticast" ] || [ -n "$(find "$corticast_source/build/$1/bin" -name 'tst_gui*' -print -quit 2>/dev/null)" ]; }

# onADisplay PRESET COMMAND...: gives COMMAND a virtual display where there is none and windows are to be tested.
onADisplay() {
  local preset=$1
  shift
  if hasWorkbench "$preset" && [ -z "${DISPLAY:-}${WAYLAND_DISPLAY:-}" ] && command -v xvfb-run >/dev/null; then
    xvfb-run -a -s '-screen 0 1600x1000x24' "$@"
  else
    "$@"
  fi
}

# testPreset PRESET [CTEST ARGUMENT...]
testPreset() {
  local preset=$1 folder=$corticast_source/build/$1 started=$SECONDS status=0 log cases
  shift
  say "testing preset $preset"
  (cd "$corticast_source" && onADisplay "$preset" ctest --preset "$preset" -j "$(jobs)" "$@") || status=$?
  log=$folder/Testing/Temporary/LastTest.log
  cases=$(awk '/^\[==========\] [0-9]+ tests? from .* ran/ {n += $2} /^Totals: / {n += $2 + $4} END {print n + 0}' "$log" 2>/dev/null || echo 0)
  say "$(grep -c '^Test time = ' "$log" 2>/dev/null || echo 0) test programs with $cases test cases in $(took $((SECONDS - started)))"
  ((status == 0)) || fail "test" "preset $preset" "some tests failed, see above" "the full output is in $log"
}
