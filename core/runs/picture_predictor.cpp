#include "core/runs/picture_predictor.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>

#include "core/base/error.h"
#include "core/features/picture_embedder.h"
#include "core/features/reduction.h"
#include "core/formats/hdf5_file.h"
#include "core/formats/safetensors.h"
#include "core/runs/workspace.h"
#include "core/training/plan.h"

namespace corticast {
namespace {

namespace fs = std::filesystem;

constexpr float kNone = std::numeric_limits<float>::quiet_NaN();

Error cannotPredict(const RunFolder& run, const std::string& why, const std::string& remedy) {
  return Error(
      {.what = "predict the response to a picture", .where = run.path().string(), .why = why, .remedy = remedy});
}

size_t sideOf(Hemisphere hemisphere) {
  return hemisphere == Hemisphere::Left ? 0 : 1;
}

/// One group's model and where its columns lie.
struct GroupModel {
  std::string target;  // the same for the folds of one model, whose predictions are averaged
  NamedTensor weight;  // [targets x features]
  NamedTensor bias;
  std::vector<float> correlation;               // per target; empty when the run has no scores
  std::vector<std::pair<size_t, uint32_t>> at;  // per target: side and column; side 2 = another subject's
};

/// The predictions of a target's models (one, or one per fold) for one picture.
struct Mean {
  const GroupModel* model = nullptr;
  std::vector<double> sums;  // per target column
  double count = 0;

  void add(const GroupModel& fold, std::span<const float> features) {
    model = &fold;
    sums.resize(fold.at.size());
    ++count;
    for (size_t t = 0; t < sums.size(); ++t) {
      const auto weights = fold.weight.matrix().row(t);
      sums[t] += static_cast<double>(fold.bias.floats()[t]);
      for (size_t f = 0; f < weights.size(); ++f)
        sums[t] += static_cast<double>(weights[f]) * static_cast<double>(features[f]);
    }
  }
  [[nodiscard]] float correlation(size_t t) const {
    return model->correlation.empty() || std::isnan(model->correlation[t]) ? -2.0F : model->correlation[t];
  }
};

struct CohortModels {
  PictureEmbedder* embedder;
  Reduction reduction;
  std::vector<GroupModel> groups;
};

fs::path embeddingOf(const RunFolder& run, const Plan& plan, const RunGroup& group) {
  const RunPart& part = group.parts.front();
  const GroupSettings settings = groupSettingsFromJson(
      settingsFor(plan,
                  {part.subject, toString(part.hemisphere), group.name.empty() ? group.roi : group.name, group.id}),
      run.planFile().string());
  const Json start = readJsonFile(run.startFile());
  const Json chosen = start.value("choices", Json::object()).value("embeddings", Json::object());
  const std::string key = settings.embedding.empty() ? part.subject + " " + settings.backbone + " " + settings.layer
                                                     : "folder " + settings.embedding;
  if (const auto found = chosen.find(key); found != chosen.end())
    return workspaceOf(run).root() / found->get<std::string>();
  if (!settings.embedding.empty()) return settings.embedding;
  throw cannotPredict(run, "it does not say which embedding of " + part.subject + " it was trained on", "train again");
}

GroupModel readGroup(const RunFolder& run, std::span<const NamedTensor> tensors, const std::string& id) {
  const auto has = [&](const std::string& name) {
    return std::ranges::any_of(tensors, [&](const NamedTensor& each) { return each.name == id + "/" + name; });
  };
  if (!has("weight") || !has("bias"))
    throw cannotPredict(run, "the model of " + id + " is no linear one",
                        "choose a run of linear models for single pictures");
  return {{}, tensorNamed(tensors, id + "/weight"), tensorNamed(tensors, id + "/bias"), {}, {}};
}

}  // namespace

struct PicturePredictor::Parts {
  RunFolder run;
  std::array<size_t, 2> columnCounts{};
  std::map<fs::path, PictureEmbedder> embedders;
  std::vector<CohortModels> cohorts;

  void addCohort(const RunLayout& layout, size_t index, const Plan& plan, const std::string& subject);
  void addGroup(CohortModels& cohort, const RunLayout& layout, size_t index, const RunGroup& group,
                std::span<const NamedTensor> tensors, const std::string& subject) const;
};

void PicturePredictor::Parts::addGroup(CohortModels& cohort, const RunLayout& layout, size_t index,
                                       const RunGroup& group, std::span<const NamedTensor> tensors,
                                       const std::string& subject) const {
  const bool isTrained =
      std::ranges::any_of(tensors, [&](const NamedTensor& each) { return each.name.starts_with(group.id + "/"); });
  if (!isTrained) return;
  GroupModel model = readGroup(run, tensors, group.id);
  model.target = group.targetId();
  if (fs::exists(run.scoresFile())) {
    const Hdf5File scores = Hdf5File::open(run.scoresFile());
    const std::string name = "/correlation/" + group.targetId();
    if (scores.has(name)) model.correlation = scores.read<float>(name);
  }
  for (const RunPart& part : group.parts)
    for (size_t i = 0; i < part.columnCount; ++i)
      model.at.emplace_back(part.subject == subject ? sideOf(part.hemisphere) : 2,
                            layout.columns[index].at(part.offset + i));
  if (model.weight.matrix().rows() != model.at.size())
    throw cannotPredict(run, "the model of " + group.id + " is one of several subjects",
                        "choose a run with models of one subject for single pictures");
  cohort.groups.push_back(std::move(model));
}

void PicturePredictor::Parts::addCohort(const RunLayout& layout, size_t index, const Plan& plan,
                                        const std::string& subject) {
  const RunCohort& cohort = layout.cohorts[index];
  const bool isOfSubject = std::ranges::any_of(cohort.groups, [&](const RunGroup& group) {
    return std::ranges::any_of(group.parts, [&](const RunPart& part) { return part.subject == subject; });
  });
  if (!isOfSubject || !fs::exists(run.modelFile(cohort.id))) return;
  const std::vector<NamedTensor> tensors = SafetensorsFile(run.modelFile(cohort.id)).readAll();
  const fs::path folder = embeddingOf(run, plan, cohort.groups.front());
  auto embedder = embedders.find(folder);
  if (embedder == embedders.end()) embedder = embedders.emplace(folder, readEmbeddingInfo(folder)).first;
  CohortModels models{&embedder->second, Reduction::fromTensors(tensors), {}};
  for (const RunGroup& group : cohort.groups) addGroup(models, layout, index, group, tensors, subject);
  if (!models.groups.empty()) cohorts.push_back(std::move(models));
}

PicturePredictor::PicturePredictor(const RunFolder& run, const std::string& subject)
    : m_parts(std::make_unique<Parts>(Parts{run, {}, {}, {}})) {
  const auto layout = run.readLayout();
  if (!layout) throw cannotPredict(run, "it has not been started", "let the run finish, or choose another");
  for (const RunHemisphere& each : layout->hemispheres)
    if (each.subject == subject) m_parts->columnCounts[sideOf(each.hemisphere)] = each.columnCount;
  const Plan plan = planFromJson(run.readPlan(), run.planFile().string());
  for (size_t c = 0; c < layout->cohorts.size(); ++c) m_parts->addCohort(*layout, c, plan, subject);
  if (m_parts->cohorts.empty())
    throw cannotPredict(run, "it has no model of " + subject + " yet", "let the run finish, or choose another");
}

PicturePredictor::~PicturePredictor() = default;
PicturePredictor::PicturePredictor(PicturePredictor&&) noexcept = default;
PicturePredictor& PicturePredictor::operator=(PicturePredictor&&) noexcept = default;

std::array<std::vector<float>, 2> PicturePredictor::predict(const Image& picture) {
  std::map<const PictureEmbedder*, Matrix<float>> embedded;
  std::map<std::string, Mean> means;
  for (const CohortModels& cohort : m_parts->cohorts) {
    Matrix<float>& raw = embedded[cohort.embedder];
    if (raw.empty()) raw = cohort.embedder->embed(std::span(&picture, 1));
    const Matrix<float> features = cohort.reduction.apply(raw.view());
    for (const GroupModel& model : cohort.groups) means[model.target].add(model, features.row(0));
  }
  std::array<std::vector<float>, 2> predicted, best;
  for (size_t side = 0; side < 2; ++side) {
    predicted[side].assign(m_parts->columnCounts[side], kNone);
    best[side].assign(m_parts->columnCounts[side], -std::numeric_limits<float>::infinity());
  }
  for (const auto& [target, mean] : means)
    for (size_t t = 0; t < mean.model->at.size(); ++t) {
      const auto [side, column] = mean.model->at[t];
      const float r = mean.correlation(t);
      if (side > 1 || r <= best[side][column]) continue;
      best[side][column] = r;
      predicted[side][column] = static_cast<float>(mean.sums[t] / mean.count);
    }
  return predicted;
}

}  // namespace corticast
