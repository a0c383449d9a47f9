#include "core/training/prepare.h"

#include <algorithm>
#include <cmath>
#include <optional>

#include "core/base/error.h"
#include "core/data/study.h"
#include "core/features/embed.h"
#include "core/features/embedding.h"
#include "core/features/reduction.h"

namespace corticast {
namespace {

Embedding embeddingOf(const TargetGroup& group, const Subject& subject, const std::filesystem::path& workspace) {
  const GroupSettings& s = group.settings;
  if (const auto settled = group.embeddings.find(subject.id); settled != group.embeddings.end())
    return Embedding::open(settled->second);
  if (!s.embedding.empty()) return Embedding::open(s.embedding);
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

std::vector<std::string> filesOf(std::span<const Stimulus> pictures) {
  std::vector<std::string> files;
  for (const Stimulus& each : pictures) files.push_back(each.file);
  return files;
}

void requireFinite(const Matrix<float>& features, std::span<const std::string> files, const std::string& where) {
  for (size_t r = 0; r < features.rows(); ++r)
    for (const float value : features.row(r))
      if (!std::isfinite(value))
        throw Error({.what = "gather features",
                     .where = where,
                     .why = "the embedding of " + files[r] + " holds a value that is not finite",
                     .remedy = "make the embedding again, or correct the precomputed array"});
}

Matrix<float> gatherRows(const Matrix<float>& from, std::span<const uint32_t> rows) {
  Matrix<float> to(rows.size(), from.cols());
  for (size_t i = 0; i < rows.size(); ++i) std::ranges::copy(from.row(rows[i]), to.row(i).begin());
  return to;
}

/// Embeddings of the subjects' training pictures, one subject's after another's: [images x features].
Matrix<float> rawFeatures(const TargetGroup& group, const Study& study, const std::vector<std::string>& subjects,
                          const std::filesystem::path& workspace) {
  std::vector<float> values;
  size_t rows = 0, features = 0;
  for (const std::string& id : subjects) {
    const Subject& subject = study.subject(id);
    const std::vector<std::string> files = filesOf(subject.trainingImages);
    Matrix<float> own = embeddingOf(group, subject, workspace).rows(files);
    requireFinite(own, files, group.id);
    if (subjects.size() == 1) return own;
    if (rows > 0 && own.cols() != features)
      throw Error({.what = "gather features",
                   .where = group.id,
                   .why = "the embedding of " + id + " has " + std::to_string(own.cols()) + " features, that of " +
                          subjects.front() + " " + std::to_string(features),
                   .remedy = "embed the pictures of all subjects in the same way"});
    features = own.cols();
    rows += own.rows();
    values.insert(values.end(), own.values().begin(), own.values().end());
  }
  return {rows, features, std::move(values)};
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
  {
    const Matrix<float> raw = rawFeatures(first, study, data.subjects, workspace);
    const Reduction reduction = Reduction::fit(gatherRows(raw, data.split.train).view(),
                                               {.standardise = first.settings.standardise, .pca = first.settings.pca});
    data.features = featureSource(reduction.apply(raw.view()));
    data.reduction = std::make_shared<const Reduction>(reduction);
  }
  for (const size_t group : cohort.groups) {
    data.sources.push_back(targetSource(groups.at(group), study, data.subjects));
    data.ceilings.push_back(ceilingOf(groups.at(group), study));
  }
  return data;
}

Matrix<float> reducedFeatures(const CohortData& data, const TargetGroup& group, const Subject& subject,
                              std::span<const Stimulus> pictures, const std::filesystem::path& workspace) {
  if (pictures.empty()) return Matrix<float>(0, data.reduction->outputs());
  const std::vector<std::string> files = filesOf(pictures);
  const Matrix<float> raw = embeddingOf(group, subject, workspace).rows(files);
  requireFinite(raw, files, group.id);
  return data.reduction->apply(raw.view());
}

}  // namespace corticast
