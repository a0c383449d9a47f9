# Parts that come as Python wheels: LibTorch, fsaverage, the GPU libraries. Sourced by ./bootstrap.
# packaging/wheels/NAME.sha256 pins each wheel; where they come from is the business of pip's own configuration.
# A part is unpacked beside its place and renamed into it, with a stamp inside, so a kill leaves nothing half.

pinsOf() { echo "$corticast_source/packaging/wheels/$1.sha256"; }
stampOf() { grep -v '^#' "$(pinsOf "$1")" | sha256sum | cut -c1-64; }

# isInstalled NAME FOLDER: FOLDER was made from the pins as they are now.
isInstalled() { [ "$(cat "$2/.$1.stamp" 2>/dev/null)" = "$(stampOf "$1")" ]; }

pinnedWheels() { awk '!/^#/ && NF {print $2}' "$(pinsOf "$1")"; }

isIntact() { (cd "$corticast_deps/downloads" && grep -hF "  $1" "$(pinsOf "$2")" | sha256sum --status --check 2>/dev/null); }

# fetchWheel FILE NAME: FILE in deps/downloads, checked. What a wheel is called says all that pip has to be asked for.
fetchWheel() {
  local file=$1 downloads=$corticast_deps/downloads project version python platforms=() tag
  if [ -f "$downloads/$file" ] && isIntact "$file" "$2"; then return; fi
  IFS=- read -r project version python _ tag <<<"${file%.whl}"
  for tag in ${tag//./ }; do platforms+=(--platform "$tag"); done
  [[ $python == py3 ]] && python=cp311
  say "downloading $file"
  # pip's unfinished files lie where the next call removes them.
  local unfinished=$corticast_deps/.making-$2-download
  rm -rf "$unfinished"
  mkdir -p "$downloads" "$unfinished"
  TMPDIR=$unfinished python3 -m pip download --quiet --progress-bar "$([ -t 2 ] && echo on || echo off)" --disable-pip-version-check \
    --no-deps --only-binary=:all: --no-cache-dir --python-version 3.11 --implementation cp "${platforms[@]}" --dest "$downloads" \
    "${project//_/-}==$version" >&2 </dev/null ||
    fail "download" "$file" "pip failed, see above" "check the network and pip's configuration, then run the same command again"
  rm -rf "$unfinished"
  if ! isIntact "$file" "$2"; then
    rm -f "$downloads/$file"
    fail "download" "$file" "its SHA-256 is not the one pinned in packaging/wheels/$2.sha256, so it was removed" \
      "check where pip downloads from; nothing of it was used"
  fi
}

# fetchWheels NAME: all wheels of NAME.
fetchWheels() {
  local file
  python3 -m pip --version >/dev/null 2>&1 ||
    fail "download" "$1" "python3 has no pip" "install it (Debian: apt-get install python3-pip)"
  say "$(sed -n '1s/^# //p' "$(pinsOf "$1")")"
  while read -r file; do fetchWheel "$file" "$1"; done < <(pinnedWheels "$1")
}

unpackWheel() { python3 "$corticast_source/packaging/unpack_wheel.py" "$corticast_deps/downloads/$1" "$2" "$3"; }

# putInPlace NAME TEMPORARY FOLDER: stamps TEMPORARY and renames it to FOLDER; the downloads are no longer needed.
putInPlace() {
  local name=$1 made=$2 place=$3 file
  stampOf "$name" >"$made/.$name.stamp"
  mkdir -p "$(dirname "$place")"
  rm -rf "$place.old"
  if [ -e "$place" ]; then mv "$place" "$place.old"; fi
  mv "$made" "$place"
  rm -rf "$place.old"
  while read -r file; do rm -f "$corticast_deps/downloads/$file"; done < <(pinnedWheels "$name")
}

# installWheels NAME FOLDER RECIPE: RECIPE fills a temporary folder, named as its argument, from the wheels of NAME.
installWheels() {
  local name=$1 place=$2 recipe=$3 made started=$SECONDS
  isInstalled "$name" "$place" && return
  made=$corticast_deps/.making-$name
  rm -rf "$made"
  mkdir -p "$made"
  fetchWheels "$name"
  say "unpacking $name"
  "$recipe" "$made"
  putInPlace "$name" "$made" "$place"
  say "$name is in $place, after $(took $((SECONDS - started)))"
}

libtorchRecipe() {
  local wheel
  for wheel in $(pinnedWheels libtorch); do
    case $wheel in
      torch-*) for part in include lib; do unpackWheel "$wheel" "torch/$part/" "$1/torch/$part"; done ;;
      *) unpackWheel "$wheel" "nvidia/cu13/lib/" "$1/nvidia/cu13/lib" ;;
    esac
  done
}
installLibtorch() { installWheels libtorch "$corticast_deps/libtorch-$corticast_torch_version" libtorchRecipe; }

cudaRecipe() {
  local wheel
  for wheel in $(pinnedWheels cuda); do unpackWheel "$wheel" nvidia/ "$1"; done
  find "$1" -type d -name include -prune -exec rm -rf {} +
}
# The GPU libraries replace LibTorch's nvidia folder, of which they are a superset; libtorch_cuda finds them by its RPATH.
installCuda() { installWheels cuda "$corticast_deps/libtorch-$corticast_torch_version/nvidia" cudaRecipe; }

fsaverage5Recipe() { unpackWheel "$(pinnedWheels fsaverage5)" nilearn/datasets/data/fsaverage5/ "$1"; }
installFsaverage5() { installWheels fsaverage5 "$corticast_deps/fsaverage5" fsaverage5Recipe; }

# surf/ and label/ of FreeSurfer's fsaverage are spread over three wheels; any of them may lack one of the two.
fsaverageRecipe() {
  local wheel inside
  for wheel in $(pinnedWheels fsaverage); do
    inside=smriprep_freesurfer732/freesurfer/subjects/fsaverage
    unpackWheel "$wheel" $inside/surf/ "$1/surf" 2>/dev/null || unpackWheel "$wheel" $inside/label/ "$1/label"
    unpackWheel "$wheel" $inside/label/ "$1/label" 2>/dev/null || true
    unpackWheel "$wheel" "${wheel%%-*}-7.3.2.dist-info/LICENSE" "$1" 2>/dev/null || true
  done
  rm -f "$1"/label/*Yeo_Brainmap* "$1"/label/*.mgz
}
installFsaverage() { installWheels fsaverage "$corticast_deps/fsaverage" fsaverageRecipe; }
