#include "core/runs/study_job.h"

#include <algorithm>
#include <functional>
#include <map>
#include <nlohmann/json.hpp>

#include "core/base/hash.h"
#include "core/base/parallel.h"
#include "core/data/study.h"
#include "core/features/embed.h"
#include "core/features/reduction.h"
#include "core/features/sibling_embedding.h"
#include "core/formats/mapped_file.h"
#include "core/training/plan.h"
#include "core/training/prepare.h"
#include "core/training/trainer_device.h"

namespace corticast {
namespace {

namespace fs = std::filesystem;

constexpr size_t kPartBytes = size_t{256} << 20;  // of features on disk that are predicted from at once
constexpr size_t kSamples = 256;
constexpr size_t kSampleBytes = size_t{64} << 10;

std::string hashOf(const Responses& responses) {
  const MappedFile file(responses.path());
  const std::span<const std::byte> bytes = file.bytes();
  Sha256 hash;
  hash.add(std::string(responses.dtype()) + " " + std::to_string(responses.rows()) + " x " +
           std::to_string(responses.cols()) + " " + std::to_string(bytes.size()));
  if (bytes.size() <= kSamples * kSampleBytes) {
    hash.add(bytes);
  } else {
    const size_t step = (bytes.size() - kSampleBytes) / (kSamples - 1);
    for (size_t i = 0; i < kSamples; ++i) hash.add(bytes.subspan(i * step, kSampleBytes));
  }
  return hash.hex();
}

std::string hashOf(const std::vector<Stimulus>& pictures) {
  Sha256 hash;
  for (const Stimulus& picture : pictures) hash.add(picture.file + "\n");
  return hash.hex();
}

std::vector<std::string> namesOf(const std::vector<Stimulus>& pictures) {
  std::vector<std::string> names;
  for (const Stimulus& picture : pictures) names.push_back(picture.file);
  return names;
}

/// Columns of a subject's parts among a model's outputs [images x outputs].
Matrix<float> columnsOf(const TargetGroup& group, const std::string& subject, Matrix<float> outputs) {
  std::vector<uint32_t> chosen;
  for (size_t p = 0; p < group.parts.size(); ++p)
    if (group.parts[p].subject == subject)
      for (const uint32_t output : group.outputsOf(p)) chosen.push_back(output);
  if (chosen.size() == outputs.cols()) return outputs;  // outputs ascend within a subject
  Matrix<float> columns(outputs.rows(), chosen.size());
  for (size_t r = 0; r < columns.rows(); ++r)
    for (size_t c = 0; c < chosen.size(); ++c) columns(r, c) = outputs(r, chosen[c]);
  return columns;
}

class StudyCohort : public CohortJob {
 public:
  StudyCohort(const Study& study, CohortData data, std::vector<TargetGroup> groups, TrainerOptions options,
              fs::path workspace)
      : m_study(study), m_workspace(std::move(workspace)), m_groups(groups) {
    m_kept.reduction = data.reduction;
    m_kept.split = data.split;
    m_kept.sources = data.sources;
    m_kept.subjects = data.subjects;
    if (!data.features->isInMemory()) m_kept.features = data.features;
    takeValidation(data);
    m_trainer = makeTrainer(std::move(data), std::move(groups), std::move(options));
  }

  Trainer& trainer() override { return *m_trainer; }
  std::vector<std::string> subjects() const override { return m_kept.subjects; }
  std::vector<std::string> validationImages(const std::string& subject) const override {
    std::vector<std::string> names;
    const Validation& own = m_validation.at(subject);
    for (const uint32_t row : own.rows)
      names.push_back(m_study.subject(subject).trainingImages[row - own.firstRow].file);
    return names;
  }
  std::vector<std::string> testImages(const std::string& subject) const override {
    return namesOf(m_study.subject(subject).testImages);
  }

  Matrix<float> predictValidation(size_t group, const std::string& subject) override {
    const Validation& own = m_validation.at(subject);
    if (!m_kept.features) return columnsOf(m_groups[group], subject, m_trainer->predict(group, own.features.view()));
    return columnsOf(m_groups[group], subject, predictInParts(group, own.rows.size(), [&](size_t first, size_t count) {
                       Matrix<float> part(count, m_kept.features->featureCount());
                       m_kept.features->gather(std::span(own.rows).subspan(first, count), part.view());
                       return part;
                     }));
  }
  Matrix<float> predictTest(size_t group, const std::string& subject) override {
    const Subject& data = m_study.subject(subject);
    const std::span<const Stimulus> images = data.testImages;
    if (images.empty()) return {};
    const auto featuresOf = [&](std::span<const Stimulus> some) {
      return reducedFeatures(m_kept, m_groups.front(), data, some, m_workspace);
    };
    if (m_kept.features)
      return columnsOf(m_groups[group], subject, predictInParts(group, images.size(), [&](size_t first, size_t count) {
                         return featuresOf(images.subspan(first, count));
                       }));
    Matrix<float>& features = m_test[subject];
    if (features.empty()) features = featuresOf(images);
    return columnsOf(m_groups[group], subject, m_trainer->predict(group, std::as_const(features).view()));
  }
  Matrix<float> validationResponses(size_t group, const std::string& subject) override {
    const TargetSource& source = *m_kept.sources[group];
    const std::vector<uint32_t>& rows = m_validation.at(subject).rows;
    Matrix<float> responses(rows.size(), source.columns());
    source.gather(rows, 0, responses.view());
    return columnsOf(m_groups[group], subject, std::move(responses));
  }
  std::vector<NamedTensor> sharedTensors() const override { return m_kept.reduction->tensors(); }

 private:
  /// A subject's side of the validation split.
  struct Validation {
    uint32_t firstRow = 0;       ///< of the subject in the cohort's rows
    std::vector<uint32_t> rows;  ///< of the cohort
    Matrix<float> features;      ///< empty when they are on disk
  };

  Matrix<float> predictInParts(size_t group, size_t images,
                               const std::function<Matrix<float>(size_t first, size_t count)>& featuresOf) {
    const size_t most = std::max<size_t>(1, kPartBytes / (m_kept.features->featureCount() * sizeof(float)));
    Matrix<float> all;
    for (size_t first = 0; first < images; first += most) {
      const size_t count = std::min(most, images - first);
      const Matrix<float> part = m_trainer->predict(group, featuresOf(first, count).view());
      if (all.empty()) all = Matrix<float>(images, part.cols());
      std::ranges::copy(part.values(), all.row(first).begin());
    }
    return all;
  }

  void takeValidation(const CohortData& data) {
    uint32_t firstRow = 0;
    for (const std::string& id : data.subjects) {
      Validation& own = m_validation[id];
      own.firstRow = firstRow;
      firstRow += static_cast<uint32_t>(m_study.subject(id).trainingImages.size());
      for (const uint32_t row : data.split.validation)
        if (row >= own.firstRow && row < firstRow) own.rows.push_back(row);
      if (m_kept.features) continue;
      own.features = Matrix<float>(own.rows.size(), data.features->featureCount());
      data.features->gather(own.rows, own.features.view());
    }
  }

  const Study& m_study;
  fs::path m_workspace;
  std::vector<TargetGroup> m_groups;
  CohortData m_kept;  // its features only when they are on disk
  std::map<std::string, Validation> m_validation;
  std::map<std::string, Matrix<float>> m_test;
  std::unique_ptr<Trainer> m_trainer;
};

class StudyJob : public RunJob {
 public:
  StudyJob(const Json& plan, const Json& choices, const fs::path& workspace)
      : m_workspace(workspace.lexically_normal()),
        m_plan(planFromJson(plan, "plan.json")),
        m_study(openStudy(m_plan.dataset)),
        m_groups(cutTargetGroups(m_plan, m_study)),
        m_cohorts(cohortsOf(m_groups.groups)),
        m_folds(foldsOf(m_plan.split)),
        m_device(chooseDevice(m_plan.device)) {
    const unsigned planned = m_plan.threads > 0 ? static_cast<unsigned>(m_plan.threads) : availableThreads();
    m_threads = choices.value("threads", planned);
    chooseEmbeddings(choices.value("embeddings", Json::object()));
    layOut();
  }

  const RunLayout& layout() const override { return m_layout; }
  std::string device() const override { return describeDevices(m_groups.groups, m_cohorts, m_device); }
  unsigned threads() const override { return m_threads; }
  Json choices() const override { return {{"threads", m_threads}, {"embeddings", m_embeddings}}; }

  Json fingerprint() const override {
    Json hashes = Json::object();
    for (const RunHemisphere& used : m_layout.hemispheres) {
      const Subject& subject = m_study.subject(used.subject);
      hashes[used.subject + " " + toString(used.hemisphere) + " responses"] =
          hashOf(*subject.hemisphere(used.hemisphere)->training);
      hashes[used.subject + " training pictures"] = hashOf(subject.trainingImages);
      hashes[used.subject + " test pictures"] = hashOf(subject.testImages);
    }
    for (const auto& [key, folder] : m_embeddings.items()) {
      const auto stored = folder.get<std::string>();
      hashes["embedding " + stored] = readEmbeddingInfo(m_workspace / stored).hash;
    }
    return hashes;
  }

  std::unique_ptr<CohortJob> open(size_t index, ProgressReporter&) override {
    const Cohort& cohort = m_cohorts.at(index / m_folds.size());
    std::vector<TargetGroup> groups;
    for (const size_t group : cohort.groups) groups.push_back(m_groups.groups[group]);
    Plan plan = m_plan;
    plan.split = m_folds[index % m_folds.size()];
    CohortData data = prepareCohort(plan, m_study, cohort, m_groups.groups, m_workspace);
    TrainerOptions options{.device = m_device, .threads = m_threads, .seed = m_plan.seed};
    return std::make_unique<StudyCohort>(m_study, std::move(data), std::move(groups), std::move(options), m_workspace);
  }

 private:
  // Settled once, so that an embedding made later (with other weights, say) does not slip into a resumed run; relative
  // to the workspace where it lies in it, so that a workspace may move with its unfinished runs.
  void chooseEmbeddings(const Json& earlier) {
    m_embeddings = earlier;
    for (TargetGroup& group : m_groups.groups) {
      const GroupSettings& s = group.settings;
      for (const std::string& subject : group.subjects()) {
        const std::string key = embeddingChoice(s, subject);
        if (!m_embeddings.contains(key)) {
          const fs::path folder = folderFor(s, m_study.subject(subject));
          if (folder.empty()) continue;  // prepareCohort says how to make it
          m_embeddings[key] = fromWorkspace(folder);
        }
        group.embeddings[subject] = (m_workspace / m_embeddings[key].get<std::string>()).string();
      }
    }
  }

  [[nodiscard]] fs::path folderFor(const GroupSettings& s, const Subject& subject) const {
    if (!s.embedding.empty()) return embeddingFolderOf(subject, s.embedding);
    const auto found = findEmbedding(m_workspace, s.backbone, s.layer, subject);
    return found ? found->info().path : fs::path();
  }

  [[nodiscard]] std::string fromWorkspace(const fs::path& folder) const {
    const fs::path relative = folder.lexically_relative(m_workspace);
    return relative.empty() || *relative.begin() == ".." ? folder.string() : relative.string();
  }

  void layOut() {
    for (const Cohort& cohort : m_cohorts)
      for (const SplitConfig& fold : m_folds) layOut(cohort, m_folds.size() > 1 ? fold.fold : 0);
    for (const SkippedGroup& skipped : m_groups.skipped) m_layout.skipped.push_back({skipped.id, skipped.reason});
  }

  /// `fold`: 0 in a run of one split.
  void layOut(const Cohort& cohort, int fold) {
    const std::string suffix = fold > 0 ? "-fold" + std::to_string(fold) : "";
    RunCohort entry{.id = cohort.id + suffix, .groups = {}};
    std::vector<uint32_t> columns;
    for (const size_t index : cohort.groups) {
      const TargetGroup& group = m_groups.groups[index];
      RunGroup laid{
          .id = group.id + suffix,
          .label = group.label + (fold > 0 ? ", fold " + std::to_string(fold) : ""),
          .roi = group.roi,
          .roiClass = group.roiClass,
          .maxEpochs = trainerKindOf(group.settings) == TrainerKind::ClosedForm ? 1 : group.settings.maxEpochs,
          .parts = {},
          .name = group.name,
          .fold = fold,
          .target = fold > 0 ? group.id : ""};
      for (const TargetPart& part : group.parts) {
        laid.parts.push_back({part.subject, part.hemisphere, part.columns.size(), columns.size()});
        columns.insert(columns.end(), part.columns.begin(), part.columns.end());
        addHemisphere(part);
      }
      entry.groups.push_back(std::move(laid));
    }
    m_layout.cohorts.push_back(std::move(entry));
    m_layout.columns.push_back(std::move(columns));
  }

  void addHemisphere(const TargetPart& part) {
    if (m_layout.hemisphere(part.subject, part.hemisphere)) return;
    const HemisphereData* data = m_study.subject(part.subject).hemisphere(part.hemisphere);
    m_layout.hemispheres.push_back({part.subject, part.hemisphere, data->vertices.size()});
  }

  fs::path m_workspace;
  Plan m_plan;
  Study m_study;
  TargetGroups m_groups;
  std::vector<Cohort> m_cohorts;
  std::vector<SplitConfig> m_folds;  // each cohort is trained once for each
  Device m_device;
  unsigned m_threads = 1;
  Json m_embeddings;
  RunLayout m_layout;
};

}  // namespace

std::string embeddingChoice(const GroupSettings& settings, const std::string& subject) {
  if (!settings.embedding.empty()) return subject + " folder " + settings.embedding;
  return subject + " " + settings.backbone + " " + settings.layer;
}

MakeJob studyJobs(fs::path workspace) {
  return [workspace = std::move(workspace)](const Json& plan, const Json& choices, ProgressReporter&) {
    return std::make_unique<StudyJob>(plan, choices, workspace);
  };
}

}  // namespace corticast
