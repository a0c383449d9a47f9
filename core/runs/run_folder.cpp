#include "core/runs/run_folder.h"

#include <array>
#include <chrono>
#include <cstdio>
#include <nlohmann/json.hpp>

#include "core/base/error.h"
#include "core/formats/npy.h"

namespace corticast {
namespace {

constexpr std::array<const char*, 6> kStatusNames{"queued", "running", "paused", "done", "failed", "cancelled"};

RunStatus parseStatus(const std::string& text, const std::string& where) {
  for (size_t i = 0; i < kStatusNames.size(); ++i)
    if (text == kStatusNames[i]) return static_cast<RunStatus>(i);
  throw Error(
      ErrorParts{.what = "read the state of a run",
                 .where = where,
                 .why = "\"" + text + "\" is no state of a run",
                 .remedy = "the file was changed by hand or by a newer version; write \"paused\" to resume it"});
}

RunState stateFromJson(const Json& json, const std::string& where) {
  return {.status = parseStatus(json.at("status").get<std::string>(), where),
          .reason = json.value("reason", std::string()),
          .created = json.value("created", 0.0),
          .started = json.value("started", 0.0),
          .changed = json.value("changed", 0.0),
          .finished = json.value("finished", 0.0),
          .attempts = json.value("attempts", 0),
          .exitCode = json.value("exitCode", 0)};
}

}  // namespace

std::string toString(RunStatus status) {
  return kStatusNames[static_cast<size_t>(status)];
}

RunFolder::RunFolder(std::filesystem::path path) : m_path(std::move(path)) {
  if (!m_path.has_filename()) m_path = m_path.parent_path();
}

std::filesystem::path RunFolder::epochFile(const std::string& cohort, int epoch) const {
  char number[16];
  std::snprintf(number, sizeof number, "%05d", epoch);
  return epochs() / (cohort + "-" + number + ".npy");
}

std::filesystem::path RunFolder::columnsFile(const std::string& cohort) const {
  return m_path / "columns" / (cohort + ".npy");
}

std::filesystem::path RunFolder::modelFile(const std::string& cohort) const {
  return models() / (cohort + ".safetensors");
}

Json RunFolder::readPlan() const {
  return readJsonFile(planFile());
}

RunState RunFolder::readState() const {
  const Json json = readJsonFile(stateFile());
  try {
    return stateFromJson(json, stateFile().string());
  } catch (const nlohmann::json::exception& wrong) {
    throw Error(ErrorParts{.what = "read the state of a run",
                           .where = stateFile().string(),
                           .why = wrong.what(),
                           .remedy = "the file was changed by hand or by a newer version"});
  }
}

void RunFolder::writeState(const RunState& state) const {
  writeJsonFile(stateFile(), Json{{"status", toString(state.status)},
                                  {"reason", state.reason},
                                  {"created", state.created},
                                  {"started", state.started},
                                  {"changed", state.changed},
                                  {"finished", state.finished},
                                  {"attempts", state.attempts},
                                  {"exitCode", state.exitCode}});
}

RunMeta RunFolder::readMeta() const {
  if (!std::filesystem::exists(metaFile())) return {};
  const Json json = readJsonFile(metaFile());
  const auto text = [&](const char* key) {
    const auto value = json.find(key);
    return value != json.end() && value->is_string() ? value->get<std::string>() : std::string();
  };
  return {.name = text("name"), .note = text("note")};
}

std::optional<RunLayout> RunFolder::readLayout() const {
  if (!std::filesystem::exists(groupsFile())) return {};
  RunLayout layout = layoutFromJson(readJsonFile(groupsFile()), groupsFile().string());
  for (const RunCohort& cohort : layout.cohorts) {
    layout.columns.push_back(readNpyVector<uint32_t>(columnsFile(cohort.id)));
    checkColumns(layout, layout.columns.size() - 1, columnsFile(cohort.id).string());
  }
  return layout;
}

void RunFolder::writeLayout(const RunLayout& layout) const {
  std::filesystem::create_directories(m_path / "columns");
  for (size_t c = 0; c < layout.cohorts.size(); ++c)
    writeNpy<uint32_t>(columnsFile(layout.cohorts[c].id), std::span(layout.columns.at(c)), {layout.columns[c].size()});
  // Last, so that whoever sees it finds the columns too.
  writeJsonFile(groupsFile(), toJson(layout));
}

void RunFolder::writeMeta(const RunMeta& meta) const {
  writeJsonFile(metaFile(), Json{{"name", meta.name}, {"note", meta.note}});
}

double unixSeconds() {
  return std::chrono::duration<double>(std::chrono::system_clock::now().time_since_epoch()).count();
}

}  // namespace corticast
