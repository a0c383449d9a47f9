#!/usr/bin/env bash
# check_includes_test.sh CHECKER: the checker finds each kind of breach planted in a small tree, and passes a clean one.
set -euo pipefail
checker=$1
tree=$(mktemp -d)
trap 'rm -rf "$tree"' EXIT
failures=0

# plant FILE INCLUDE: a tree that holds just this one file.
plant() {
  rm -rf "${tree:?}"/*
  mkdir -p "$tree/core/base" "$tree/$(dirname "$1")"
  echo '#include <vector>' >"$tree/core/base/clean.h"
  echo "$2" >>"$tree/$1"
}
expectBreach() {
  plant "$1" "$2"
  local said
  if said=$(bash "$checker" "$tree"); then
    echo "not found: $1: $2"
    failures=$((failures + 1))
  elif [[ $said != "$1:"* ]]; then
    echo "wrong place for $1: $2: $said"
    failures=$((failures + 1))
  fi
}
expectClean() {
  plant "$1" "$2"
  bash "$checker" "$tree" || { echo "wrongly found: $1: $2"; failures=$((failures + 1)); }
}

expectBreach core/base/a.cpp '#include <QString>'
expectBreach core/base/a.cpp '#  include <QtCore/QString>'
expectBreach core/surface/a.cpp '#include <vtkPolyData.h>'
expectBreach core/runs/a.h '#include "widgets/brain/brain_scene.h"'
expectBreach core/runs/a.h '#include "app/cli/command.h"'
expectBreach core/base/a.h '#include "core/linalg/blas.h"'
expectBreach core/data/a.cpp '#include "core/features/pca.h"'
expectBreach core/training/a.cpp '#include "core/runs/journal.h"'
expectBreach core/models/a.h '#include <torch/torch.h>'
expectBreach core/models/a.h '#include <ATen/ATen.h>'
expectBreach core/formats/a.h '#include <hdf5.h>'
expectBreach core/training/a.cpp '#include "core/models/internal/network.h"'
expectBreach core/secret/a.cpp '#include <vector>'
expectBreach app/cli/a.cpp '#include <QApplication>'
expectBreach app/main_window.cpp '#include <torch/torch.h>'
expectBreach widgets/plots/a.cpp '#include <H5Cpp.h>'
expectBreach widgets/plots/a.cpp '#include "app/main_window.h"'
expectBreach widgets/plots/a.cpp '#include "tests/testing/testing.h"'
expectBreach tests/base/tst_a.cpp '#include <QTest>'

expectClean core/models/a.cpp '#include <torch/torch.h>'
expectClean core/models/internal/a.h '#include <ATen/ATen.h>'
expectClean core/export/a.cpp '#include "core/runs/journal.h"'
expectClean widgets/plots/a.cpp '#include <qcustomplot.h>'
expectClean app/main_window.cpp '#include "widgets/brain/brain_scene.h"'
expectClean tests/gui/tst_a.cpp '#include <QTest>'
expectClean core/base/a.cpp '#include <queue>'
((failures == 0))
