#!/usr/bin/env bash
# Line coverage of core/ by all tests: builds preset coverage, runs ctest, prints gcovr's figure per folder and in all.
# build/coverage/coverage.html shows each line. Needs gcovr (./bootstrap coverage installs it).
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
for part in lib build; do . "$here/$part.sh"; done
command -v gcovr >/dev/null || fail "measure coverage" "gcovr" "it is not installed" "install it (Debian: apt-get install gcovr)"
buildPreset coverage
find "$corticast_source/build/coverage" -name '*.gcda' -delete
testPreset coverage "$@" >/dev/null
cd "$corticast_source"
gcovr --root . --filter core/ --exclude-throw-branches --gcov-ignore-parse-errors --html-details build/coverage/coverage.html \
  --csv build/coverage/coverage.csv --print-summary build/coverage | grep -E '^(lines|functions)'
awk -F, 'NR > 1 {split($1, path, "/"); all[path[2]] += $2; hit[path[2]] += $3}
  END {for (part in all) printf "core/%-12s %5.1f %% of %d lines\n", part, 100 * hit[part] / all[part], all[part]}' \
  build/coverage/coverage.csv | sort
