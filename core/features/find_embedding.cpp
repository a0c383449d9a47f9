#include <algorithm>

#include "core/base/error.h"
#include "core/base/log.h"
#include "core/data/study.h"
#include "core/features/embed.h"
#include "core/features/picture_set.h"

namespace corticast {

std::vector<EmbeddingInfo> listEmbeddings(const std::filesystem::path& workspace) {
  std::vector<std::pair<std::filesystem::file_time_type, EmbeddingInfo>> found;
  std::error_code failure;
  for (std::filesystem::directory_iterator entry(workspace / "embeddings", failure), end; !failure && entry != end;
       entry.increment(failure)) {
    const auto index = entry->path() / "index.json";
    std::error_code absent;
    const auto time = std::filesystem::last_write_time(index, absent);
    if (absent) continue;
    try {
      found.emplace_back(time, readEmbeddingInfo(entry->path()));
    } catch (const Error& broken) {
      log::warning(broken.what());
    }
  }
  std::ranges::stable_sort(found, [](const auto& a, const auto& b) {
    return a.first != b.first ? a.first > b.first : a.second.path > b.second.path;
  });
  std::vector<EmbeddingInfo> infos;
  for (auto& [time, info] : found) infos.push_back(std::move(info));
  return infos;
}

std::optional<Embedding> findEmbedding(const std::filesystem::path& workspace, const std::string& backbone,
                                       const std::string& layer, const Subject& subject) {
  const std::vector<EmbeddingInfo> infos = listEmbeddings(workspace);
  if (infos.empty()) return std::nullopt;
  const std::string listing = listingHash(picturesOf(subject));
  const auto isMeant = [&](const EmbeddingInfo& info) {
    return info.isComplete() && info.backbone == backbone && (layer.empty() || info.layer == layer) &&
           info.subject == subject.id && info.listing == listing;
  };
  const auto plain =
      std::ranges::find_if(infos, [&](const auto& info) { return isMeant(info) && info.form == StoredForm(); });
  const auto found = plain != infos.end() ? plain : std::ranges::find_if(infos, isMeant);
  if (found == infos.end()) return std::nullopt;
  return Embedding::open(found->path);
}

}  // namespace corticast
