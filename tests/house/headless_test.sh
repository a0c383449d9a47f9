#!/usr/bin/env bash
# headless_test.sh ROOT: packaging/headless.sh asks for the documented commands in order, does nothing twice, stops at a
# failing one, and its summary joins scores with the planted ceiling by column. The command line is played by a script.
set -euo pipefail
root=$1
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
failures=0
expect() { # WHAT COMMAND...
  local what=$1
  shift
  "$@" || { echo "failed: $what"; failures=$((failures + 1)); }
}

cat >"$scratch/cli" <<'CLI'
#!/usr/bin/env bash
echo "$1" >>"$CALLS"
[ "$1" != "${FAILING:-none}" ] || { echo "error: played: nowhere: on purpose; none" >&2; exit 1; }
after() { while [ "$1" != "$2" ]; do set -- "$1" "${@:3}"; done; echo "$3"; }
case $1 in
  demo)
    mkdir -p "$2/truth/subj01"
    python3 - "$2/truth/subj01" <<'PY'
import struct, sys
header = "{'descr': '<f4', 'fortran_order': False, 'shape': (4,), }".ljust(117) + "\n"
for hemisphere, ceiling in (("lh", (0.9, 0.8, 0.5, 0.7)), ("rh", (0.1, 0.2, 0.3, 0.4))):
    with open(f"{sys.argv[1]}/{hemisphere}_ceiling.npy", "wb") as file:
        file.write(b"\x93NUMPY\x01\x00" + struct.pack("<H", len(header)) + header.encode() + struct.pack("<4f", *ceiling))
PY
    ;;
  train) echo 01RUN ;;
  scores)
    if [ "$(after --format "$@")" = csv ]; then
      printf 'subject,hemisphere,roi,column,correlation\nsubj01,lh,OFA,3,0.6\nsubj01,lh,OFA,1,0.4\nsubj01,lh,OFA,0,nan\n' >"$(after --out "$@")"
    else
      mkdir -p "$(after --out "$@")"
    fi ;;
  submit) if [[ $* == *--check* ]]; then echo "covers every vertex"; else echo zip >"$(after --out "$@")"; fi ;;
  *) echo "played $1" ;;
esac
CLI
chmod +x "$scratch/cli"
export CALLS=$scratch/calls FAILING=embed
expect "a failing command ends the whole" bash -c "! '$root/packaging/headless.sh' '$scratch/cli' '$scratch/out' >/dev/null 2>&1"
expect "it went no further than the failing command" test "$(tail -n 1 "$CALLS")" = embed
expect "nothing half is taken for an output" test ! -e "$scratch/out/embedding.json"

unset FAILING
: >"$CALLS"
"$root/packaging/headless.sh" "$scratch/cli" "$scratch/out" >"$scratch/said" 2>"$scratch/log" || { cat "$scratch/log"; exit 1; }
expect "the study is not made twice" test "$(sort -u "$CALLS" | xargs)" = "embed info plan scores submit table train"
expect "one model per ROI and one per hemisphere" test "$(grep -c train "$CALLS")" = 2
# Vertices 3 and 1: correlation 0.6 and 0.4, ceiling 0.7 and 0.8; vertex 0 has no correlation.
expect "the summary joins by column" grep -qF '| subj01 | lh | OFA | 2 | 0.500 | 0.750 | 67 % |' "$scratch/out/summary.md"
expect "an undefined correlation is counted" grep -q '^1 vertices have no correlation' "$scratch/out/summary.md"
expect "the submission's check is told" grep -q 'covers every vertex' "$scratch/out/summary.md"
expect "the summary is printed" cmp -s "$scratch/said" "$scratch/out/summary.md"

: >"$CALLS"
"$root/packaging/headless.sh" "$scratch/cli" "$scratch/out" >/dev/null 2>&1
expect "a finished training is not done again" bash -c "! grep -q train '$CALLS'"
rm -r "$scratch/out/study/truth"
expect "no truth is an error, not an empty summary" bash -c "! '$root/packaging/headless.sh' '$scratch/cli' '$scratch/out' >/dev/null 2>&1"
((failures == 0))
