#include "widgets/forms/embedding_options.h"

#include <algorithm>
#include <cctype>
#include <numeric>
#include <tuple>

#include "core/data/study.h"
#include "core/features/backbones.h"
#include "core/features/embedding_source.h"
#include "core/features/picture_set.h"
#include "core/features/sibling_embedding.h"
#include "widgets/forms/embedding_label.h"

namespace corticast {
namespace {

namespace fs = std::filesystem;

std::vector<size_t> shapeOf(const BackboneInfo& info) {
  const std::vector<size_t>& shape = info.layers.front().shape;
  if (!shape.empty() || !info.weights.empty()) return shape;
  return info.make({.layer = info.layers.front().id, .threads = 1})->shape();
}

fs::path plainPath(const fs::path& folder) {
  return fs::absolute(folder).lexically_normal();
}

bool isPlain(const EmbeddingOption& option) {
  return !option.made || option.made->form == StoredForm();
}

bool isOfSameLayer(const EmbeddingOption& a, const EmbeddingOption& b) {
  return a.backbone == b.backbone && a.layer == b.layer;
}

/// What of the chosen subjects is there, and what can be made.
class Gatherer {
 public:
  Gatherer(const Study& study, const std::vector<std::string>& subjects, std::vector<EmbeddingInfo> infos)
      : m_infos(std::move(infos)) {
    for (const std::string& id : subjects) {
      const PictureSet pictures = picturesOf(study.subject(id));
      m_subjects.push_back({id, listingHash(pictures), pictures.names.size()});
    }
  }

  std::vector<EmbeddingOption> gather() {
    for (const EmbeddingInfo& info : m_infos)
      if (isOfChosenSubject(info) && !isKnown(info)) addMade(info);
    for (const BackboneInfo& info : backbones()) addMakeable(info);
    for (EmbeddingOption& option : m_options) {
      countMissing(option);
      if (const BackboneInfo* info = findBackbone(option.backbone)) option.weights = info->weights;
    }
    sort();
    tellApart();
    return std::move(m_options);
  }

 private:
  struct SubjectPictures {
    std::string id, listing;
    size_t pictures;
  };

  [[nodiscard]] bool isOfChosenSubject(const EmbeddingInfo& info) const {
    return info.isComplete() && std::ranges::any_of(m_subjects, [&](const SubjectPictures& subject) {
             return info.subject == subject.id && info.listing == subject.listing;
           });
  }

  [[nodiscard]] bool isKnown(const EmbeddingInfo& info) const {
    return std::ranges::any_of(m_options, [&](const EmbeddingOption& option) {
      return isMadeAlike(*option.made, info) || std::ranges::find(option.folders, info.path) != option.folders.end();
    });
  }

  // Its subjects are found as a worker finds them that is given its folder.
  void addMade(const EmbeddingInfo& info) {
    EmbeddingOption option{.backbone = info.backbone, .layer = info.layer, .made = info, .shape = info.shape};
    for (const SubjectPictures& subject : m_subjects) {
      const EmbeddingInfo* own =
          subject.id == info.subject ? &info : siblingOf(info, m_infos, subject.id, subject.listing);
      if (own)
        option.folders.push_back(own->path);
      else
        option.missing.push_back(subject.id);
    }
    m_options.push_back(std::move(option));
  }

  // By its first layer, unless that is there in any form.
  void addMakeable(const BackboneInfo& info) {
    EmbeddingOption option{.backbone = info.id, .layer = info.layers.front().id};
    if (std::ranges::any_of(m_options, [&](const EmbeddingOption& each) { return isOfSameLayer(each, option); }))
      return;
    option.label = embeddingLabel(option.backbone, option.layer);
    option.shape = shapeOf(info);
    for (const SubjectPictures& subject : m_subjects) option.missing.push_back(subject.id);
    m_options.push_back(std::move(option));
  }

  void countMissing(EmbeddingOption& option) const {
    for (const SubjectPictures& subject : m_subjects)
      if (std::ranges::find(option.missing, subject.id) != option.missing.end())
        option.missingPictures += subject.pictures;
  }

  // Ready ones first; those of one layer together, the plainest of them first.
  void sort() {
    const std::vector<EmbeddingOption> before = m_options;
    const auto keyOf = [&](const EmbeddingOption& option) {
      const auto first = std::ranges::find_if(before, [&](const auto& each) { return isOfSameLayer(each, option); });
      return std::tuple(!option.isReady(), first - before.begin(), !isPlain(option));
    };
    std::ranges::stable_sort(m_options, {}, keyOf);
  }

  void tellApart() {
    for (size_t i = 0; i < m_options.size(); ++i) {
      if (!m_options[i].made || !m_options[i].label.empty()) continue;
      std::vector<size_t> same;
      std::vector<EmbeddingInfo> infos;
      for (size_t j = i; j < m_options.size(); ++j) {
        if (!m_options[j].made || !isOfSameLayer(m_options[i], m_options[j])) continue;
        same.push_back(j);
        infos.push_back(*m_options[j].made);
      }
      const std::vector<std::string> labels = variantLabels(infos);
      for (size_t k = 0; k < same.size(); ++k) {
        EmbeddingOption& option = m_options[same[k]];
        option.label = labels[k];
        if (same.size() > 1) option.folder = plainPath(option.made->path).string();
      }
    }
  }

  std::vector<EmbeddingInfo> m_infos;  // newest first
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

EmbedOptions EmbeddingOption::making() const {
  EmbedOptions options{.backbone = backbone, .layer = layer, .subjects = missing};
  if (!made) return options;
  options.parameters = made->parameters;
  options.form = made->form;
  options.pcaSplit = made->pcaSplit;
  return options;
}

std::vector<EmbeddingOption> embeddingOptions(const fs::path& workspace, const Study& study,
                                              const std::vector<std::string>& subjects) {
  return Gatherer(study, subjects, listEmbeddings(workspace)).gather();
}

const EmbeddingOption* findOption(const std::vector<EmbeddingOption>& options, const std::string& backbone,
                                  const std::string& layer) {
  const auto found = std::ranges::find_if(options, [&](const EmbeddingOption& option) {
    return option.backbone == backbone && (layer.empty() || option.layer == layer);
  });
  return found == options.end() ? nullptr : &*found;
}

const EmbeddingOption* findOption(const std::vector<EmbeddingOption>& options, const fs::path& folder) {
  const auto found = std::ranges::find_if(options, [&](const EmbeddingOption& option) {
    return std::ranges::any_of(option.folders,
                               [&](const fs::path& own) { return plainPath(own) == plainPath(folder); });
  });
  return found == options.end() ? nullptr : &*found;
}

std::string layerOfArray(const fs::path& file) {
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
