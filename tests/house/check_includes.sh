#!/usr/bin/env bash
# check_includes.sh ROOT: reads every #include of core/, app/, widgets/ and tests/ and names each one that crosses a
# border of the house (ARCHITECTURE.md). Exit 1 when there is one.
set -euo pipefail
cd "$1"

# What a folder of core/ may include besides itself. A folder not named here may not exist.
knowledge='
base
linalg base
formats base linalg
surface base linalg formats
data base linalg formats surface
demo base linalg formats surface data
features base linalg formats surface data
demo base linalg formats surface features
models base linalg formats surface data
evaluation base linalg formats surface data
training base linalg formats surface data features models evaluation
runs base linalg formats surface data features models evaluation training
comparison base linalg formats surface data features models evaluation training runs
export base linalg formats surface data features models evaluation training runs
cluster base linalg formats surface data features models evaluation training runs'

grep -rnE '^[[:space:]]*#[[:space:]]*include' --include='*.h' --include='*.cpp' $(ls -d core app widgets tests 2>/dev/null) |
  KNOWLEDGE="$knowledge" awk '
    BEGIN {
      lines = split(ENVIRON["KNOWLEDGE"], line, "\n")
      for (i = 1; i <= lines; i++) {
        words = split(line[i], word, " ")
        for (j = 1; j <= words; j++) may[word[1], word[j]] = 1
        if (words) parts[word[1]] = 1
      }
    }
    function breach(why) { print place ": " why ": " target; found = 1 }
    {
      split($0, field, ":")
      file = field[1]; place = file ":" field[2]
      target = $0; sub(/^[^<"]*[<"]/, "", target); sub(/[>"].*$/, "", target)
      split(file, path, "/")
      isQt = target ~ /^(Qt[A-Z]|Q[A-Z]|qcustomplot|qt[a-z]*\.h)/
      isVtk = target ~ /^(vtk|QVTK)/
      isTorch = target ~ /^(torch|ATen|c10|caffe2)\//
      isHdf5 = target ~ /^(hdf5|H5[A-Za-z]+)\.h$/
      top = path[1]
      isEngine = top == "core" || (top == "app" && path[2] == "cli") || (top == "tests" && (path[2] in parts || path[2] == "cli"))

      if (isEngine && isQt) breach("the engine and the command line include no Qt")
      if (isEngine && isVtk) breach("the engine and the command line include no VTK")
      if (isEngine && top != "tests" && target ~ /^widgets\//) breach("the engine and the command line do not know the widgets")
      if (top != "app" && top != "tests" && target ~ /^app\//) breach("nothing knows app")
      if (top != "tests" && target ~ /^tests\//) breach("only tests know tests")
      if (isTorch || isHdf5) {
        if (top == "app" || top == "widgets") breach("LibTorch and HDF5 headers stay inside core")
        if (top == "core" && file ~ /\.h$/ && file !~ /\/internal\//) breach("public headers of core show neither LibTorch nor HDF5")
      }
      if (top == "core") {
        if (!(path[2] in parts)) breach("core/" path[2] " is not in the list of check_includes.sh, so nobody said what it may know")
        if (target ~ /^core\//) {
          split(target, to, "/")
          if (!((path[2], to[2]) in may)) breach("core/" path[2] " may not know core/" to[2])
          # What a network is can only be said in the types of LibTorch, and training drives networks.
          isNetwork = to[2] == "models" && path[2] == "training" && file ~ /\/internal\//
          if (target ~ /\/internal\// && to[2] != path[2] && !isNetwork) breach("internal headers belong to their own folder")
        }
      }
    }
    END { exit found }'
