#!/usr/bin/env bash
# headless.sh CLI OUT: the main job without a window, by corticast-cli alone, on a demo study whose right answers are known:
# demo study, embedding, one model per ROI, one model per hemisphere (so that a submission covers every vertex), table, scores,
# checked submission, and a summary that sets what was reached beside the planted ceiling. Where the workbench was built
# beside the CLI, it draws the correlations as a four-view figure as well, which needs no display. What is there already is
# not done again, so the same command goes on where it was stopped.
#   CORTICAST_DEMO       options of `corticast-cli demo`, e.g. "--subjects 2 --images 1000"
#   CORTICAST_TRAINING   --set options of both plans, e.g. "--set maxEpochs=5"
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
. "$here/lib.sh"
[ $# = 2 ] || { echo "usage: headless.sh CLI OUT" >&2; exit 2; }
cli=$1
workbench=$(dirname "$cli")/corticast
mkdir -p "$2"
out=$(cd "$2" && pwd)
study=$out/study
workspace=$out/workspace
started=$SECONDS
read -ra demoOptions <<<"${CORTICAST_DEMO:-}"
read -ra trainingOptions <<<"${CORTICAST_TRAINING:-}"

# step NAME COMMAND...: says what it does and how long it took; a failing command ends the whole.
step() {
  local name=$1 begun=$SECONDS
  shift
  say "$name"
  "$@"
  say "$name: done in $(took $((SECONDS - begun)))"
}

# into FILE COMMAND...: FILE holds all that COMMAND printed, or does not exist.
into() {
  local file=$1
  shift
  "$@" >"$file.part"
  mv "$file.part" "$file"
}

makeStudy() {
  [ -f "$out/.study-made" ] && return
  rm -rf "$study"
  "$cli" demo "$study" ${demoOptions[@]+"${demoOptions[@]}"}
  touch "$out/.study-made"
}

# trainOnce NAME PLAN-OPTION...: trains, and notes the id of the run in OUT/NAME.run.
trainOnce() {
  local name=$1 plan=$out/$1.plan.json
  shift
  [ -s "$out/$name.run" ] && return
  into "$plan" "$cli" plan --dataset "$study" --embedding gabor --name "$name" "$@" ${trainingOptions[@]+"${trainingOptions[@]}"}
  into "$out/$name.run" "$cli" train "$plan" --workspace "$workspace"
}

tables() {
  local format
  for format in csv json; do into "$out/table.$format" "$cli" table --workspace "$workspace" --format $format; done
  into "$out/table.md" "$cli" table --workspace "$workspace" --format markdown
}

scores() {
  local run
  for run in rois hemispheres; do
    "$cli" scores "$(runOf $run)" --workspace "$workspace" --format csv --out "$out/scores-$run.csv"
    "$cli" scores "$(runOf $run)" --workspace "$workspace" --format gifti --out "$out/maps-$run"
  done
}
runOf() { tail -n 1 "$out/$1.run"; }

submission() {
  rm -f "$out/submission.zip"
  local runs=(--workspace "$workspace" --run "$(runOf rois)" --run "$(runOf hemispheres)")
  "$cli" submit "${runs[@]}" --out "$out/submission.zip"
  into "$out/submission-check.txt" "$cli" submit "${runs[@]}" --check "$out/submission.zip"
}

# Both hemispheres, lateral and medial, with the models of whole hemispheres: they cover every vertex.
figure() {
  local run
  run=$(runOf hemispheres)
  into "$out/figure.json" printf '{"format": "corticast-figure", "version": 1, "dataset": "study", "run": "workspace/runs/%s",
 "map": "correlation", "views": "lateral-medial", "title": "Demo study: correlation on the validation pictures"}\n' "$run"
  "$workbench" --render "$out/figure.json" --out "$out/figure.png"
}

step "demo study" makeStudy
step "what the study holds" into "$out/info.txt" "$cli" info "$study"
step "embedding" into "$out/embedding.json" "$cli" embed "$study" --backbone gabor --workspace "$workspace" --json
step "one linear model per ROI" trainOnce rois --preset clip-linear-roi
step "one linear model per hemisphere" trainOnce hemispheres --preset clip-linear-roi --set focus=hemisphere
step "table" tables
step "scores per vertex" scores
step "submission" submission
if [ -x "$workbench" ]; then step "figure" figure; fi
step "summary" into "$out/summary.md" python3 "$here/headless_summary.py" "$out" "$((SECONDS - started))"
cat "$out/summary.md"
