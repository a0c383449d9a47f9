# VTK's Qt 6 widget. Debian builds VTK's GUISupportQt for Qt 5, so the four classes that are needed come out of the
# distribution's own source package of the very VTK that is installed; cmake/CorticastWorkbenchDependencies.cmake
# compiles them. Nothing is fetched where VTK's own is for Qt 6. Sourced by ./bootstrap.

vtkWidgetFiles=(QVTKInteractor QVTKInteractorAdapter QVTKInteractorInternal.h QVTKOpenGLNativeWidget QVTKRenderWindowAdapter
  QVTKWin32Header.h)

# vtkHasQt6Widget: the installed VTK exports a GUISupportQt that links Qt 6.
vtkHasQt6Widget() {
  local targets
  for targets in /usr/lib/cmake/vtk-*/VTK-targets.cmake /usr/lib/*/cmake/vtk-*/VTK-targets.cmake /usr/local/lib/cmake/vtk-*/VTK-targets.cmake; do
    [ -f "$targets" ] && grep -A8 'set_target_properties(VTK::GUISupportQt ' "$targets" | grep -q Qt6:: && return 0
  done
  return 1
}

# debianSourceLists FOLDER: a private set of package sources, the system's own with source packages switched on.
debianSourceLists() {
  mkdir -p "$1/parts" "$1/lists/partial"
  local list
  for list in /etc/apt/sources.list.d/*.sources; do
    [ -f "$list" ] && sed -E 's/^Types:.*/Types: deb-src/' "$list" >"$1/parts/$(basename "$list")"
  done
  for list in /etc/apt/sources.list /etc/apt/sources.list.d/*.list; do
    [ -f "$list" ] && sed -nE 's/^deb +(\[[^]]*\] *)?/deb-src \1/p' "$list" >"$1/parts/$(basename "$list" .list)-src.list"
  done
  return 0
}

installVtkWidget() {
  local place=$corticast_deps/vtk-qt6 version made options started=$SECONDS file
  command -v dpkg-query >/dev/null || return 0
  version=$(dpkg-query -W -f '${source:Version}' libvtk9-dev 2>/dev/null) || return 0
  [ "$(cat "$place/.vtk-qt6.stamp" 2>/dev/null)" = "$version ${vtkWidgetFiles[*]}" ] && return
  vtkHasQt6Widget && return
  made=$corticast_deps/.making-vtk-qt6
  rm -rf "$made"
  mkdir -p "$made/source" "$made/widget"
  say "VTK's Qt 6 widget out of the source package vtk9 $version: 17 MB to download"
  debianSourceLists "$made"
  options=(-q -o "Dir::Etc::sourceparts=$made/parts" -o Dir::Etc::sourcelist=/dev/null -o "Dir::State::lists=$made/lists"
    -o Dir::Cache::srcpkgcache= -o Dir::Cache::pkgcache= -o APT::Sandbox::User="$(id -un)" -o Debug::NoLocking=1)
  (cd "$made/source" && apt-get "${options[@]}" update && apt-get "${options[@]}" source --download-only "vtk9=$version") >&2 ||
    fail "fetch VTK's Qt 6 widget" "source package vtk9 $version" "apt-get failed, see above" \
      "check the system's package sources, or build without the workbench: ./bootstrap deps --core-only"
  tar -xf "$made"/source/vtk9_*.orig.tar.* -C "$made/source" --wildcards --strip-components=3 '*/GUISupport/Qt/QVTK*'
  for file in "${vtkWidgetFiles[@]}"; do
    case $file in
      *.h) cp -p "$made/source/$file" "$made/widget/" ;;
      *) cp -p "$made/source/$file.h" "$made/source/$file.cxx" "$made/widget/" ;;
    esac
  done
  # A static library exports nothing.
  printf '#pragma once\n#define VTKGUISUPPORTQT_EXPORT\n#define VTKGUISUPPORTQT_NO_EXPORT\n' >"$made/widget/vtkGUISupportQtModule.h"
  echo "$version ${vtkWidgetFiles[*]}" >"$made/widget/.vtk-qt6.stamp"
  rm -rf "$place"
  mv "$made/widget" "$place"
  rm -rf "$made"
  say "vtk-qt6 is in $place, after $(took $((SECONDS - started)))"
}
