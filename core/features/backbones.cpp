#include "core/features/backbones.h"

#include <algorithm>
#include <iterator>

#include "core/base/error.h"
#include "core/base/text.h"

namespace corticast {
namespace {

template <typename Entries>
std::string idsOf(const Entries& entries) {
  std::vector<std::string> ids;
  for (const auto& entry : entries) ids.push_back(entry.id);
  return join(ids, ", ");
}

std::vector<BackboneInfo> catalogue() {
  std::vector<BackboneInfo> all;
  const auto add = [&](std::vector<BackboneInfo> family) { std::ranges::move(family, std::back_inserter(all)); };
  add({gaborBackbone(), alexnetBackbone()});
  add(clipBackbones());
  add(dinov2Backbones());
  add(samBackbones());
  add({torchscriptBackbone()});
  return all;
}

}  // namespace

const std::vector<BackboneInfo>& backbones() {
  static const std::vector<BackboneInfo> all = catalogue();
  return all;
}

const BackboneInfo* findBackbone(const std::string& id) {
  const auto found = std::ranges::find(backbones(), id, &BackboneInfo::id);
  return found == backbones().end() ? nullptr : &*found;
}

const BackboneInfo& backbone(const std::string& id) {
  const BackboneInfo* found = findBackbone(id);
  if (!found)
    throw Error({.what = "choose a backbone",
                 .where = id,
                 .why = "there is no backbone of that name",
                 .remedy = "use one of: " + idsOf(backbones()) + ", precomputed"});
  return *found;
}

const BackboneLayer& BackboneInfo::layer(const std::string& layerId) const {
  if (layerId.empty()) return layers.front();
  const auto found = std::ranges::find(layers, layerId, &BackboneLayer::id);
  if (found == layers.end())
    throw Error({.what = "choose a layer of " + label,
                 .where = layerId,
                 .why = "it has no layer of that name",
                 .remedy = "use one of: " + idsOf(layers)});
  return *found;
}

const PublishedWeights* BackboneInfo::publishedOf(const std::string& sha256) const {
  const auto found = std::ranges::find(published, sha256, &PublishedWeights::sha256);
  return sha256.empty() || found == published.end() ? nullptr : &*found;
}

}  // namespace corticast
