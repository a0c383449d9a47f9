#include "core/runs/study_job.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "core/base/hash.h"
#include "core/base/parallel.h"
#include "core/data/study.h"
#include "core/features/embed.h"
#include "core/features/reduction.h"
#include "core/formats/mapped_file.h"
#include "core/training/plan.h"
#include "core/training/prepare.h"

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

const std::string& subjectOf(const TargetGroup& group) {
  return group.parts.front().subject;
}

class StudyCohort : public CohortJob {
 public:
  StudyCohort(const Subject& subject, CohortData data, std::vector<TargetGroup> groups, TrainerOptions options,
              fs::path workspace)
      : m_subject(subject), m_workspace(std::move(workspace)), m_group(groups.front()) {
    m_kept.reduction = data.reduction;
    m_kept.split = data.split;
    m_kept.sources = data.sources;
    if (data.features->isInMemory()) {
      m_validation = Matrix<float>(data.split.validation.size(), data.features->featureCount());
      data.features->gather(data.split.validation, m_validation.view());
    } else {
      m_kept.features = data.features;
    }
    m_trainer = makeTrainer(std::move(data), std::move(groups), std::move(options));
  }

  Trainer& trainer() override { return *m_trainer; }
  std::vector<std::string> validationImages() const override {
    std::vector<std::string> names;
    for (const uint32_t row : m_kept.split.validation) names.push_back(m_subject.trainingImages[row].file);
    return names;
  }
  std::vector<std::string> testImages() const override { return namesOf(m_subject.testImages); }
  std::string subject() const override { return m_subject.id; }

  Matrix<float> predictValidation(size_t group) override {
    if (!m_kept.features) return m_trainer->predict(group, m_validation.view());
    return predictInParts(
        group, m_kept.split.validation.size(), m_kept.features->featureCount(), [&](size_t first, size_t count) {
          Matrix<float> part(count, m_kept.features->featureCount());
          m_kept.features->gather(std::span(m_kept.split.validation).subspan(first, count), part.view());
          return part;
        });
  }
  Matrix<float> predictTest(size_t group) override {
    const std::span<const Stimulus> images = m_subject.testImages;
    if (images.empty()) return {};
    const auto featuresOf = [&](std::span<const Stimulus> some) {
      return reducedFeatures(m_kept, m_group, m_subject, some, m_workspace);
    };
    if (m_kept.features)
      return predictInParts(group, images.size(), m_kept.features->featureCount(),
                            [&](size_t first, size_t count) { return featuresOf(images.subspan(first, count)); });
    if (m_test.empty()) m_test = featuresOf(images);
    return m_trainer->predict(group, m_test.view());
  }
  Matrix<float> validationResponses(size_t group) override {
    const TargetSource& source = *m_kept.sources[group];
    Matrix<float> responses(m_kept.split.validation.size(), source.columns());
    source.gather(m_kept.split.validation, 0, responses.view());
    return responses;
  }
  std::vector<NamedTensor> sharedTensors() const override { return m_kept.reduction->tensors(); }

 private:
  Matrix<float> predictInParts(size_t group, size_t images, size_t features,
                               const std::function<Matrix<float>(size_t first, size_t count)>& featuresOf) {
    const size_t most = std::max<size_t>(1, kPartBytes / (features * sizeof(float)));
    Matrix<float> all;
    for (size_t first = 0; first < images; first += most) {
      const size_t count = std::min(most, images - first);
      const Matrix<float> part = m_trainer->predict(group, featuresOf(first, count).view());
      if (all.empty()) all = Matrix<float>(images, part.cols());
      std::ranges::copy(part.values(), all.row(first).begin());
    }
    return all;
  }

  const Subject& m_subject;
  fs::path m_workspace;
  TargetGroup m_group;
  CohortData m_kept;           // its features only when they are on disk
  Matrix<float> m_validation;  // the others
  Matrix<float> m_test;
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
        m_device(chooseDevice(m_plan.device)) {
    const unsigned planned = m_plan.threads > 0 ? static_cast<unsigned>(m_plan.threads) : availableThreads();
    m_threads = choices.value("threads", planned);
    chooseEmbeddings(choices.value("embeddings", Json::object()));
    layOut();
  }

  const RunLayout& layout() const override { return m_layout; }
  std::string device() const override { return m_device.reason.empty() ? m_device.id() : m_device.reason; }
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
    const Cohort& cohort = m_cohorts.at(index);
    std::vector<TargetGroup> groups;
    for (const size_t group : cohort.groups) groups.push_back(m_groups.groups[group]);
    CohortData data = prepareCohort(m_plan, m_study, cohort, m_groups.groups, m_workspace);
    TrainerOptions options{.device = m_device, .threads = m_threads, .seed = m_plan.seed};
    const Subject& subject = m_study.subject(subjectOf(groups.front()));
    return std::make_unique<StudyCohort>(subject, std::move(data), std::move(groups), std::move(options), m_workspace);
  }

 private:
  // Settled once, so that an embedding made later (with other weights, say) does not slip into a resumed run; relative
  // to the workspace where it lies in it, so that a workspace may move with its unfinished runs.
  void chooseEmbeddings(const Json& earlier) {
    m_embeddings = earlier;
    for (TargetGroup& group : m_groups.groups) {
      std::string& folder = group.settings.embedding;
      const GroupSettings& s = group.settings;
      const std::string key = folder.empty() ? subjectOf(group) + " " + s.backbone + " " + s.layer : "folder " + folder;
      if (!m_embeddings.contains(key)) {
        if (folder.empty()) {
          const auto found = findEmbedding(m_workspace, s.backbone, s.layer, m_study.subject(subjectOf(group)));
          if (!found) continue;  // prepareCohort says how to make it
          folder = found->info().path.string();
        }
        m_embeddings[key] = fromWorkspace(folder);
      }
      folder = (m_workspace / m_embeddings[key].get<std::string>()).string();
    }
  }

  [[nodiscard]] std::string fromWorkspace(const fs::path& folder) const {
    const fs::path relative = folder.lexically_relative(m_workspace);
    return relative.empty() || *relative.begin() == ".." ? folder.string() : relative.string();
  }

  void layOut() {
    for (const Cohort& cohort : m_cohorts) {
      RunCohort entry{.id = cohort.id, .groups = {}};
      std::vector<uint32_t> columns;
      for (const size_t index : cohort.groups) {
        const TargetGroup& group = m_groups.groups[index];
        RunGroup laid{.id = group.id,
                      .label = group.label,
                      .roi = group.roi,
                      .roiClass = group.roiClass,
                      .maxEpochs = trainerKindOf(group.settings) == TrainerKind::ClosedForm ? 1 : group.settings.maxEpochs,
                      .parts = {}};
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
    for (const SkippedGroup& skipped : m_groups.skipped) m_layout.skipped.push_back({skipped.id, skipped.reason});
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
  Device m_device;
  unsigned m_threads = 1;
  Json m_embeddings;
  RunLayout m_layout;
};

}  // namespace

MakeJob studyJobs(fs::path workspace) {
  return [workspace = std::move(workspace)](const Json& plan, const Json& choices, ProgressReporter&) {
    return std::make_unique<StudyJob>(plan, choices, workspace);
  };
}

}  // namespace corticast
