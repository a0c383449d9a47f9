#include <algorithm>
#include <functional>
#include <nlohmann/json.hpp>
#include <numeric>

#include "core/base/error.h"
#include "core/base/json.h"
#include "core/base/text.h"
#include "core/features/embedding.h"

namespace corticast {
namespace {

constexpr int kVersion = 2;  // 1: without form, pcaSplit, skipped and weightsFile; device came later and may be absent

[[noreturn]] void failIndex(const std::filesystem::path& file, const std::string& why) {
  throw Error({.what = "read the index of an embedding",
               .where = file.string(),
               .why = why,
               .remedy = "delete this folder and embed again"});
}

Json toJson(const EmbeddingShard& shard) {
  return {{"file", shard.file}, {"firstRow", shard.firstRow}, {"rows", shard.rows}, {"sha256", shard.sha256}};
}

EmbeddingShard shardFromJson(const Json& json) {
  return {.file = json.at("file").get<std::string>(),
          .firstRow = json.at("firstRow").get<size_t>(),
          .rows = json.at("rows").get<size_t>(),
          .sha256 = json.at("sha256").get<std::string>()};
}

EmbeddingInfo infoFromJson(const Json& json, const std::filesystem::path& folder) {
  EmbeddingInfo info{.path = folder,
                     .backbone = json.at("backbone").get<std::string>(),
                     .layer = json.at("layer").get<std::string>(),
                     .parameters = json.at("parameters"),
                     .subject = json.at("subject").get<std::string>(),
                     .hash = json.at("hash").get<std::string>(),
                     .weights = json.at("weights").get<std::string>(),
                     .pictures = json.at("pictures").get<std::string>(),
                     .listing = json.at("listing").get<std::string>(),
                     .weightsFile = json.value("weightsFile", std::string()),
                     .form = StoredForm::fields().fromJson(json.value("form", Json::object()), "form"),
                     .pcaSplit = SplitConfig::fields().fromJson(json.value("pcaSplit", Json::object()), "pcaSplit"),
                     .device = json.value("device", std::string()),
                     .shape = json.at("shape").get<std::vector<size_t>>(),
                     .trainingImages = json.at("trainingImages").get<size_t>(),
                     .testImages = json.at("testImages").get<size_t>(),
                     .shards = {},
                     .skipped = json.value("skipped", std::vector<std::string>())};
  for (const Json& shard : json.at("shards")) info.shards.push_back(shardFromJson(shard));
  return info;
}

std::string whyInconsistent(const EmbeddingInfo& info) {
  constexpr size_t kMost = size_t{1} << 40;
  size_t features = 1;
  for (const size_t extent : info.shape) {
    if (extent == 0 || extent > kMost / features) return "its shape is not one of an embedding";
    features *= extent;
  }
  if (info.shape.empty()) return "its shape is not one of an embedding";
  if (info.trainingImages > kMost || info.testImages > kMost) return "it has an impossible number of pictures";
  size_t next = 0;
  for (const EmbeddingShard& shard : info.shards) {
    if (shard.firstRow != next || shard.rows == 0 || shard.rows > info.images() - next)
      return "shard " + shard.file + " does not follow the one before it";
    if (shard.file.empty() || shard.file.find('/') != std::string::npos || shard.file.starts_with('.'))
      return "\"" + shard.file + "\" is no name of a shard";
    next += shard.rows;
  }
  return {};
}

}  // namespace

size_t EmbeddingInfo::featureCount() const {
  return std::accumulate(shape.begin(), shape.end(), size_t{1}, std::multiplies<>());
}

size_t EmbeddingInfo::finishedRows() const {
  size_t rows = 0;
  for (const EmbeddingShard& shard : shards) rows += shard.rows;
  return rows;
}

EmbeddingInfo readEmbeddingInfo(const std::filesystem::path& folder) {
  const auto file = folder / "index.json";
  const Json json = readJsonFile(file);
  if (!json.is_object()) failIndex(file, "it is not a JSON object");
  const Json version = json.value("version", Json(0));
  if (version != 1 && version != kVersion)
    throw Error({.what = "read the index of an embedding",
                 .where = file.string(),
                 .why = "its version is " + version.dump() + ", this program knows 1 to " + std::to_string(kVersion),
                 .remedy = "use the Corticast that wrote it, or embed into another workspace"});
  EmbeddingInfo info;
  try {
    info = infoFromJson(json, folder);
  } catch (const Json::exception& wrong) {
    failIndex(file, std::string("a field is missing or of the wrong type (") + wrong.what() + ")");
  }
  if (const std::string why = whyInconsistent(info); !why.empty()) failIndex(file, why);
  return info;
}

void writeEmbeddingInfo(const EmbeddingInfo& info) {
  Json shards = Json::array();
  for (const EmbeddingShard& shard : info.shards) shards.push_back(toJson(shard));
  writeJsonFile(info.path / "index.json", {{"version", kVersion},
                                           {"backbone", info.backbone},
                                           {"layer", info.layer},
                                           {"parameters", info.parameters},
                                           {"subject", info.subject},
                                           {"hash", info.hash},
                                           {"weights", info.weights},
                                           {"pictures", info.pictures},
                                           {"listing", info.listing},
                                           {"weightsFile", info.weightsFile},
                                           {"form", StoredForm::fields().toJson(info.form)},
                                           {"pcaSplit", SplitConfig::fields().toJson(info.pcaSplit)},
                                           {"device", info.device},
                                           {"shape", info.shape},
                                           {"dtype", info.form.dtype},
                                           {"trainingImages", info.trainingImages},
                                           {"testImages", info.testImages},
                                           {"shards", shards},
                                           {"skipped", info.skipped}});
}

}  // namespace corticast
