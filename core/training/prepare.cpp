#include "core/training/prepare.h"

#include <algorithm>
#include <limits>
#include <optional>

#include "core/base/error.h"
#include "core/base/log.h"
#include "core/base/text.h"
#include "core/data/study.h"
#include "core/features/embed.h"
#include "core/features/embedding.h"
#include "core/features/reduction.h"
#include "core/features/sibling_embedding.h"
#include "core/training/cohort_features.h"
#include "core/training/position_check.h"

namespace corticast {
namespace {

Embedding embeddingOf(const TargetGroup& group, const Subject& subject, const std::filesystem::path& workspace) {
  const GroupSettings& s = group.settings;
  if (const auto settled = group.embeddings.find(subject.id); settled != group.embeddings.end())
    return Embedding::open(settled->second);
  if (!s.embedding.empty()) return Embedding::open(embeddingFolderOf(subject, s.embedding));
  if (s.backbone.empty())
    throw Error({.what = "find an embedding",
                 .where = group.id,
                 .why = "the plan names neither an embedding nor a backbone",
                 .remedy = "set backbone (e.g. --set backbone=gabor) or embedding to a folder"});
  std::optional<Embedding> found = findEmbedding(workspace, s.backbone, s.layer, subject);
  if (!found)
    throw Error({.what = "find an embedding",
                 .where = workspace.string(),
                 .why = "there is none by " + s.backbone + (s.layer.empty() ? "" : ", layer " + s.layer) +
                        " of the pictures of " + subject.id,
                 .remedy = "make it: corticast-cli embed DATASET --backbone " + s.backbone +
                           (s.layer.empty() ? "" : " --layer " + s.layer) + " --workspace " + workspace.string() +
                           " --subject " + subject.id});
  return std::move(*found);
}

/// Splits the rows of data.subjects and says whose they are.
Split splitOf(const SplitConfig& config, const Study& study, CohortData& data) {
  if (data.subjects.size() == 1) return makeSplit(config, study.subject(data.subjects.front()).trainingImages);
  std::vector<std::span<const Stimulus>> pictures;
  for (const std::string& id : data.subjects) pictures.emplace_back(study.subject(id).trainingImages);
  Split all;
  uint32_t firstRow = 0, subject = 0;
  for (const Split& own : makeSharedSplits(config, pictures)) {
    for (const uint32_t row : own.train) all.train.push_back(firstRow + row);
    for (const uint32_t row : own.validation) all.validation.push_back(firstRow + row);
    const size_t count = pictures[subject].size();
    data.rowSubject.insert(data.rowSubject.end(), count, subject++);
    firstRow += static_cast<uint32_t>(count);
  }
  return all;
}

/// Per output of the group's model: the ceiling of its column, or the mean over the subjects that share it. Empty when
/// the study does not have it for every part.
std::vector<float> ceilingOf(const TargetGroup& group, const Study& study) {
  std::vector<float> sum(group.outputCount()), count(group.outputCount());
  for (size_t p = 0; p < group.parts.size(); ++p) {
    const TargetPart& part = group.parts[p];
    const HemisphereData* hemisphere = study.subject(part.subject).hemisphere(part.hemisphere);
    if (!hemisphere || hemisphere->noiseCeiling.empty()) return {};
    const std::vector<uint32_t> outputs = group.outputsOf(p);
    for (size_t c = 0; c < outputs.size(); ++c) {
      sum[outputs[c]] += hemisphere->noiseCeiling.at(part.columns[c]);
      count[outputs[c]] += 1;
    }
  }
  for (size_t i = 0; i < sum.size(); ++i) sum[i] /= count[i];
  return sum;
}

}  // namespace

CohortData prepareCohort(const Plan& plan, const Study& study, const Cohort& cohort,
                         const std::vector<TargetGroup>& groups, const std::filesystem::path& workspace) {
  const TargetGroup& first = groups.at(cohort.groups.at(0));
  CohortData data;
  data.subjects = cohort.subjects;
  data.split = splitOf(plan.split, study, data);
  std::vector<EmbeddedSubject> embedded;
  for (const std::string& id : data.subjects) {
    const Subject& subject = study.subject(id);
    embedded.push_back(
        embeddedSubject(subject, std::make_shared<const Embedding>(embeddingOf(first, subject, workspace))));
  }
  leaveOutSkipped(data.split, embedded);
  requireUnseenValidation(data.split, embedded);
  CohortFeatures made =
      cohortFeatures(std::move(embedded), data.split,
                     {.standardise = first.settings.standardise, .pca = first.settings.pca}, first.id);
  data.features = std::move(made.features);
  data.reduction = std::move(made.reduction);
  for (const size_t group : cohort.groups) {
    const size_t outputs = groups.at(group).outputCount();
    const bool isCheck = PositionCheckTrainer::isMeant(groups.at(group).settings);
    data.sources.push_back(isCheck ? noDistances(data.features->rows(), outputs)
                                   : targetSource(groups.at(group), study, data.subjects));
    data.ceilings.push_back(ceilingOf(groups.at(group), study));
  }
  data.positions = positionsOf(cohort, groups, study);
  return data;
}

Matrix<float> reducedFeatures(const CohortData& data, const TargetGroup& group, const Subject& subject,
                              std::span<const Stimulus> pictures, const std::filesystem::path& workspace) {
  if (pictures.empty()) return Matrix<float>(0, data.reduction->outputs());
  const Embedding embedding = embeddingOf(group, subject, workspace);
  const auto& skipped = embedding.info().skipped;
  std::vector<std::string> files;
  std::vector<size_t> places;
  for (size_t i = 0; i < pictures.size(); ++i) {
    if (std::ranges::find(skipped, pictures[i].file) != skipped.end()) continue;
    files.push_back(pictures[i].file);
    places.push_back(i);
  }
  const Matrix<float> reduced = data.reduction->apply(embedding.rows(files).view());
  if (files.size() == pictures.size()) return reduced;
  log::warning("no prediction for " + thousands(pictures.size() - files.size()) + " pictures of " + subject.id +
               " that could not be decoded when they were embedded");
  Matrix<float> all(pictures.size(), reduced.cols());
  std::ranges::fill(all.values(), std::numeric_limits<float>::quiet_NaN());
  for (size_t i = 0; i < places.size(); ++i) std::ranges::copy(reduced.row(i), all.row(places[i]).begin());
  return all;
}

}  // namespace corticast
