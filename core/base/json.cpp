#include "core/base/json.h"

#include <nlohmann/json.hpp>

#include "core/base/atomic_file.h"
#include "core/base/error.h"

namespace corticast {

Json parseJson(std::string_view text, const std::string& where) {
  try {
    return Json::parse(text);
  } catch (const nlohmann::json::exception& failure) {
    throw Error(ErrorParts{.what = "read JSON",
                           .where = where,
                           .why = failure.what(),
                           .remedy = "correct the text at that place or write the file again"});
  }
}

Json readJsonFile(const std::filesystem::path& path) {
  return parseJson(readTextFile(path), path.string());
}

void writeJsonFile(const std::filesystem::path& path, const Json& value) {
  writeFileAtomically(path, value.dump(2) + "\n");
}

}  // namespace corticast
