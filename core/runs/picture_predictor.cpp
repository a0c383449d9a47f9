#include "core/runs/picture_predictor.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <nlohmann/json.hpp>

#include "core/base/error.h"
#include "core/data/study.h"
#include "core/features/picture_embedder.h"
#include "core/features/reduction.h"
#include "core/formats/hdf5_file.h"
#include "core/formats/safetensors.h"
#include "core/runs/study_job.h"
#include "core/runs/workspace.h"
#include "core/training/plan.h"
#include "core/training/trained_model.h"

namespace corticast {
namespace {

namespace fs = std::filesystem;

constexpr float kNone = std::numeric_limits<float>::quiet_NaN();
constexpr float kUnscored = -2;  // below every correlation

Error cannotPredict(const RunFolder& run, const std::string& why, const std::string& remedy) {
  return Error(
      {.what = "predict the response to a picture", .where = run.path().string(), .why = why, .remedy = remedy});
}

size_t sideOf(Hemisphere hemisphere) {
  return hemisphere == Hemisphere::Left ? 0 : 1;
}

/// Where one of a model's outputs belongs.
struct Place {
  uint32_t output = 0;
  size_t side = 0;
  uint32_t column = 0;
  float correlation = kUnscored;
};

/// One group's model, and the places of its outputs that are the subject's.
struct GroupModel {
  std::string target;  // the same for the folds of one model, whose predictions are averaged
  TrainedModel model;
  std::vector<Place> places;
};

struct CohortModels {
  PictureEmbedder* embedder;
  Reduction reduction;
  std::vector<GroupModel> groups;
};

/// The predictions of a target's models (one, or one per fold) for one picture.
struct Mean {
  const GroupModel* model = nullptr;
  std::vector<double> sums;  // per output
  double count = 0;

  void add(const GroupModel& fold, MatrixView<const float> features) {
    const Matrix<float> outputs = fold.model.predict(features);
    model = &fold;
    ++count;
    sums.resize(outputs.cols());
    for (size_t i = 0; i < sums.size(); ++i) sums[i] += static_cast<double>(outputs(0, i));
  }
};

bool isOf(const RunGroup& group, const std::string& subject) {
  return std::ranges::find(group.parts, subject, &RunPart::subject) != group.parts.end();
}

/// Reads what a predictor of one subject is made of.
class Reader {
 public:
  Reader(const RunFolder& run, const Study& study, const std::string& subject, ProgressReporter& progress)
      : m_run(run),
        m_subject(subject),
        m_progress(progress),
        m_layout(layoutOf(run)),
        m_plan(planFromJson(run.readPlan(), run.planFile().string())),
        m_groups(cutTargetGroups(m_plan, study).groups),
        m_workspace(workspaceOf(run).root()),
        m_choices(readJsonFile(run.startFile()).value("choices", Json::object()).value("embeddings", Json::object())) {
    Cohort own;
    for (size_t g = 0; g < m_groups.size(); ++g) own.groups.push_back(g);
    m_positions = positionsOf(own, m_groups, study);
  }

  [[nodiscard]] std::array<size_t, 2> columnCounts() const {
    std::array<size_t, 2> counts{};
    for (const RunHemisphere& each : m_layout.hemispheres)
      if (each.subject == m_subject) counts[sideOf(each.hemisphere)] = each.columnCount;
    return counts;
  }

  std::vector<CohortModels> read(std::map<fs::path, PictureEmbedder>& embedders) {
    size_t models = 0;
    for (const RunCohort& cohort : m_layout.cohorts) models += cohort.groups.size();
    m_progress.begin("read the run's models", models, "models");
    std::vector<CohortModels> cohorts;
    for (size_t c = 0; c < m_layout.cohorts.size(); ++c) {
      CohortModels made = readCohort(c, embedders);
      if (!made.groups.empty()) cohorts.push_back(std::move(made));
    }
    if (cohorts.empty())
      throw cannotPredict(m_run, "it has no model of " + m_subject + " yet", "let the run finish, or choose another");
    return cohorts;
  }

 private:
  static RunLayout layoutOf(const RunFolder& run) {
    if (auto layout = run.readLayout()) return *std::move(layout);
    throw cannotPredict(run, "it has not been started", "let the run finish, or choose another");
  }

  CohortModels readCohort(size_t index, std::map<fs::path, PictureEmbedder>& embedders) {
    m_progress.checkCancelled();
    const RunCohort& cohort = m_layout.cohorts[index];
    CohortModels made{};
    const auto first = std::ranges::find_if(cohort.groups, [&](const RunGroup& each) { return isOf(each, m_subject); });
    if (first == cohort.groups.end() || !fs::exists(m_run.modelFile(cohort.id))) return made;
    const std::vector<NamedTensor> tensors = SafetensorsFile(m_run.modelFile(cohort.id)).readAll();
    made.reduction = Reduction::fromTensors(tensors);
    const fs::path folder = embeddingOf(m_groups[groupOf(*first, index)]);
    auto embedder = embedders.find(folder);
    if (embedder == embedders.end()) embedder = embedders.emplace(folder, readEmbeddingInfo(folder)).first;
    made.embedder = &embedder->second;
    for (const RunGroup& group : cohort.groups) {
      m_progress.checkCancelled();
      const bool isTrained =
          std::ranges::any_of(tensors, [&](const NamedTensor& each) { return each.name.starts_with(group.id + "/"); });
      if (isTrained && isOf(group, m_subject)) made.groups.push_back(readGroup(made, index, group, tensors));
      m_progress.advance();
    }
    return made;
  }

  GroupModel readGroup(const CohortModels& cohort, size_t cohortIndex, const RunGroup& group,
                       std::span<const NamedTensor> tensors) const {
    const size_t index = groupOf(group, cohortIndex);
    const std::vector<size_t>& embedded = cohort.embedder->info().shape;
    const bool isReduced = cohort.reduction.config().pca > 0;
    return {group.targetId(),
            TrainedModel(m_groups[index],
                         {.imageShape = isReduced ? std::vector<size_t>{cohort.reduction.outputs()} : embedded,
                          .positions = m_positions[index],
                          .tensors = tensors,
                          .prefix = group.id + "/"}),
            placesOf(m_groups[index])};
  }

  /// The target group of the plan that the run's group was.
  [[nodiscard]] size_t groupOf(const RunGroup& group, size_t cohort) const {
    const auto found = std::ranges::find(m_groups, group.targetId(), &TargetGroup::id);
    if (found == m_groups.end()) throw otherStudy(group.targetId());
    std::vector<uint32_t> columns;
    for (const TargetPart& part : found->parts) columns.insert(columns.end(), part.columns.begin(), part.columns.end());
    const auto trained = std::span(m_layout.columns[cohort]).subspan(group.parts.front().offset, group.columnCount());
    if (!std::ranges::equal(columns, trained)) throw otherStudy(group.targetId());
    return static_cast<size_t>(found - m_groups.begin());
  }

  [[nodiscard]] Error otherStudy(const std::string& target) const {
    return cannotPredict(m_run, "the vertices of " + target + " are others in the open study than in this run",
                         "open the study that it was trained on: " + m_plan.dataset.string());
  }

  [[nodiscard]] std::vector<Place> placesOf(const TargetGroup& group) const {
    std::vector<float> correlation;
    if (fs::exists(m_run.scoresFile())) {
      const Hdf5File scores = Hdf5File::open(m_run.scoresFile());
      if (const std::string name = "/correlation/" + group.id; scores.has(name)) correlation = scores.read<float>(name);
    }
    std::vector<Place> places;
    size_t value = 0;
    for (size_t p = 0; p < group.parts.size(); ++p) {
      const TargetPart& part = group.parts[p];
      const std::vector<uint32_t> outputs = group.outputsOf(p);
      for (size_t i = 0; i < outputs.size(); ++i, ++value) {
        if (part.subject != m_subject) continue;
        const bool isScored = value < correlation.size() && !std::isnan(correlation[value]);
        places.push_back(
            {outputs[i], sideOf(part.hemisphere), part.columns[i], isScored ? correlation[value] : kUnscored});
      }
    }
    return places;
  }

  [[nodiscard]] fs::path embeddingOf(const TargetGroup& group) const {
    const auto chosen = m_choices.find(embeddingChoice(group.settings, m_subject));
    if (chosen != m_choices.end()) return m_workspace / chosen->get<std::string>();
    if (!group.settings.embedding.empty()) return group.settings.embedding;
    throw cannotPredict(m_run, "it does not say which embedding of " + m_subject + " it was trained on", "train again");
  }

  const RunFolder& m_run;
  const std::string& m_subject;
  ProgressReporter& m_progress;
  RunLayout m_layout;
  Plan m_plan;
  std::vector<TargetGroup> m_groups;
  std::vector<VertexPositions> m_positions;  // per group
  fs::path m_workspace;
  Json m_choices;
};

}  // namespace

struct PicturePredictor::Parts {
  std::array<size_t, 2> columnCounts{};
  std::map<fs::path, PictureEmbedder> embedders;
  std::vector<CohortModels> cohorts;

  [[nodiscard]] std::map<std::string, Mean> means(const Image& picture, ProgressReporter& progress) const;
};

PicturePredictor::PicturePredictor(const RunFolder& run, const Study& study, const std::string& subject,
                                   ProgressReporter& progress)
    : m_parts(std::make_unique<Parts>()) {
  Reader reader(run, study, subject, progress);
  m_parts->columnCounts = reader.columnCounts();
  m_parts->cohorts = reader.read(m_parts->embedders);
}

PicturePredictor::~PicturePredictor() = default;
PicturePredictor::PicturePredictor(PicturePredictor&&) noexcept = default;
PicturePredictor& PicturePredictor::operator=(PicturePredictor&&) noexcept = default;

std::map<std::string, Mean> PicturePredictor::Parts::means(const Image& picture, ProgressReporter& progress) const {
  size_t models = 0;
  for (const CohortModels& cohort : cohorts) models += cohort.groups.size();
  progress.begin("predict", models, "models");
  std::map<const PictureEmbedder*, Matrix<float>> embedded;
  std::map<std::string, Mean> means;
  for (const CohortModels& cohort : cohorts) {
    Matrix<float>& raw = embedded[cohort.embedder];
    if (raw.empty()) raw = cohort.embedder->embed(std::span(&picture, 1));
    const Matrix<float> features = cohort.reduction.apply(raw.view());
    for (const GroupModel& group : cohort.groups) {
      progress.checkCancelled();
      means[group.target].add(group, features.view());
      progress.advance();
    }
  }
  return means;
}

std::array<std::vector<float>, 2> PicturePredictor::predict(const Image& picture, ProgressReporter& progress) {
  std::array<std::vector<float>, 2> predicted, best;
  for (size_t side = 0; side < 2; ++side) {
    predicted[side].assign(m_parts->columnCounts[side], kNone);
    best[side].assign(m_parts->columnCounts[side], -std::numeric_limits<float>::infinity());
  }
  for (const auto& [target, mean] : m_parts->means(picture, progress))
    for (const Place& place : mean.model->places) {
      float& bestThere = best[place.side].at(place.column);
      if (place.correlation <= bestThere) continue;
      bestThere = place.correlation;
      predicted[place.side][place.column] = static_cast<float>(mean.sums[place.output] / mean.count);
    }
  return predicted;
}

}  // namespace corticast
