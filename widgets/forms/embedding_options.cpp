#include "widgets/forms/embedding_options.h"

#include <algorithm>
#include <cctype>
#include <map>
#include <numeric>

#include "core/base/error.h"
#include "core/data/study.h"
#include "core/features/backbones.h"
#include "core/features/embed.h"
#include "core/features/embedding_source.h"
#include "core/features/picture_set.h"

namespace corticast {
namespace {

std::string lowerFirst(std::string text) {
  if (!text.empty()) text[0] = static_cast<char>(std::tolower(static_cast<unsigned char>(text[0])));
  return text;
}

std::string labelOf(const std::string& backboneId, const std::string& layerId) {
  if (backboneId == kPrecomputed) return "Own array, " + layerId;
  for (const BackboneInfo& info : backbones())
    if (info.id == backboneId)
      for (const BackboneLayer& layer : info.layers)
        if (layer.id == layerId) return info.label + ", " + lowerFirst(layer.label);
  return backboneId + ", " + layerId;
}

std::vector<size_t> shapeOf(const BackboneInfo& info) {
  const std::vector<size_t>& shape = info.layers.front().shape;
  if (!shape.empty() || !info.weights.empty()) return shape;
  return info.make({.layer = info.layers.front().id, .threads = 1})->shape();
}

/// What of the chosen subjects is there, by backbone and layer.
class Gatherer {
 public:
  Gatherer(const Study& study, const std::vector<std::string>& subjects) {
    for (const std::string& id : subjects) {
      const PictureSet pictures = picturesOf(study.subject(id));
      m_subjects.push_back({id, listingHash(pictures), pictures.names.size()});
    }
  }

  void addFound(const EmbeddingInfo& info) {
    if (!info.isComplete()) return;
    for (const SubjectPictures& subject : m_subjects) {
      if (info.subject != subject.id || info.listing != subject.listing) continue;
      EmbeddingOption& option = optionOf(info.backbone, info.layer);
      std::erase(option.missing, subject.id);
      if (info.featureCount() > option.features()) option.shape = info.shape;
    }
  }

  void addBackbone(const BackboneInfo& info) {
    EmbeddingOption& option = optionOf(info.id, info.layers.front().id);
    option.weights = info.weights;
    if (option.shape.empty()) option.shape = shapeOf(info);
  }

  std::vector<EmbeddingOption> done() {
    for (EmbeddingOption& option : m_options)
      for (const SubjectPictures& subject : m_subjects)
        if (std::ranges::find(option.missing, subject.id) != option.missing.end())
          option.missingPictures += subject.pictures;
    std::ranges::stable_partition(m_options, &EmbeddingOption::isReady);
    return std::move(m_options);
  }

 private:
  struct SubjectPictures {
    std::string id, listing;
    size_t pictures;
  };

  EmbeddingOption& optionOf(const std::string& backboneId, const std::string& layerId) {
    for (EmbeddingOption& option : m_options)
      if (option.backbone == backboneId && option.layer == layerId) return option;
    EmbeddingOption option;
    option.backbone = backboneId;
    option.layer = layerId;
    option.label = labelOf(backboneId, layerId);
    for (const BackboneInfo& info : backbones())
      if (info.id == backboneId) option.weights = info.weights;
    for (const SubjectPictures& subject : m_subjects) option.missing.push_back(subject.id);
    m_options.push_back(std::move(option));
    return m_options.back();
  }

  std::vector<SubjectPictures> m_subjects;
  std::vector<EmbeddingOption> m_options;
};

}  // namespace

uint64_t EmbeddingOption::features() const {
  if (shape.empty()) return 0;
  return std::accumulate(shape.begin(), shape.end(), uint64_t{1}, std::multiplies<>());
}

bool EmbeddingOption::canBeMade() const {
  return weights.empty() && backbone != kPrecomputed;
}

std::vector<EmbeddingOption> embeddingOptions(const std::filesystem::path& workspace, const Study& study,
                                              const std::vector<std::string>& subjects) {
  Gatherer gatherer(study, subjects);
  for (const EmbeddingInfo& info : listEmbeddings(workspace)) gatherer.addFound(info);
  for (const BackboneInfo& info : backbones()) gatherer.addBackbone(info);
  return gatherer.done();
}

const EmbeddingOption* findOption(const std::vector<EmbeddingOption>& options, const std::string& backbone,
                                  const std::string& layer) {
  const auto found = std::ranges::find_if(options, [&](const EmbeddingOption& option) {
    return option.backbone == backbone && (layer.empty() || option.layer == layer);
  });
  return found == options.end() ? nullptr : &*found;
}

std::string layerOfArray(const std::filesystem::path& file) {
  std::string name;
  for (const char letter : file.stem().string()) {
    const bool isPlain = std::isalnum(static_cast<unsigned char>(letter)) != 0 || letter == '-' || letter == '.';
    if (isPlain)
      name += letter;
    else if (!name.empty() && name.back() != '_')
      name += '_';
  }
  while (!name.empty() && (name.back() == '_' || name.back() == '.')) name.pop_back();
  while (!name.empty() && (name.front() == '.' || name.front() == '_')) name.erase(name.begin());
  return name.empty() ? "features" : name;
}

}  // namespace corticast
