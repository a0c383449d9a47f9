#include "core/features/sibling_embedding.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "core/data/study.h"
#include "core/features/embed.h"
#include "core/features/embedding_source.h"
#include "core/features/picture_set.h"

namespace corticast {
namespace {

// But for the weights.
bool isAlike(const EmbeddingInfo& a, const EmbeddingInfo& b) {
  const auto split = [](const EmbeddingInfo& info) { return SplitConfig::fields().toJson(info.pcaSplit); };
  return a.backbone == b.backbone && a.layer == b.layer && a.parameters == b.parameters && a.form == b.form &&
         (a.form.pca == 0 || split(a) == split(b));
}

}  // namespace

bool isMadeAlike(const EmbeddingInfo& a, const EmbeddingInfo& b) {
  return isAlike(a, b) && a.weights == b.weights;
}

const EmbeddingInfo* siblingOf(const EmbeddingInfo& named, std::span<const EmbeddingInfo> infos,
                               const std::string& subject, const std::string& listing) {
  const auto find = [&](auto isMeant) {
    const auto found = std::ranges::find_if(infos, [&](const EmbeddingInfo& info) {
      return info.subject == subject && info.listing == listing && info.isComplete() && isMeant(info);
    });
    return found == infos.end() ? nullptr : &*found;
  };
  const EmbeddingInfo* alike = find([&](const EmbeddingInfo& info) { return isMadeAlike(info, named); });
  if (alike || named.backbone != kPrecomputed) return alike;
  const EmbeddingInfo* sameFile =
      find([&](const EmbeddingInfo& info) { return isAlike(info, named) && info.weightsFile == named.weightsFile; });
  return sameFile ? sameFile : find([&](const EmbeddingInfo& info) { return isAlike(info, named); });
}

std::filesystem::path embeddingFolderOf(const Subject& subject, const std::filesystem::path& named) {
  const EmbeddingInfo info = readEmbeddingInfo(named);
  if (info.subject == subject.id) return named;
  const std::filesystem::path embeddings = std::filesystem::absolute(named).lexically_normal().parent_path();
  if (embeddings.filename() != "embeddings") return named;
  const std::vector<EmbeddingInfo> beside = listEmbeddings(embeddings.parent_path());
  const EmbeddingInfo* sibling = siblingOf(info, beside, subject.id, listingHash(picturesOf(subject)));
  return sibling ? sibling->path : named;
}

}  // namespace corticast
