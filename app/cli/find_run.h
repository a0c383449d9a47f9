#pragma once
#include <string>

#include "core/runs/workspace.h"

namespace corticast::cli {

/// The run that a person names: a run folder, or with a workspace an id, the beginning of one, or a name.
[[nodiscard]] inline RunFolder findRun(const std::string& text, const std::string& workspace) {
  if (!workspace.empty()) return Workspace::open(workspace).find(text);
  RunFolder run(std::filesystem::weakly_canonical(text));
  (void)run.readState();  // names what is missing when this is no run folder
  return run;
}

}  // namespace corticast::cli
