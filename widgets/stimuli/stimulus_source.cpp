#include "widgets/stimuli/stimulus_source.h"

#include <QCoreApplication>
#include <QPointer>
#include <QThreadPool>
#include <algorithm>
#include <limits>
#include <numeric>
#include <unordered_map>

#include "core/base/text.h"
#include "core/runs/run_pictures.h"

namespace corticast {
namespace {

constexpr float kNone = std::numeric_limits<float>::quiet_NaN();

QString sideText(Hemisphere hemisphere) {
  return hemisphere == Hemisphere::Left ? QObject::tr("LH") : QObject::tr("RH");
}

ResponseTarget roiTarget(const Subject& subject, const RoiKey& key) {
  ResponseTarget target;
  target.hemisphere = key.hemisphere;
  const HemisphereData* hemisphere = subject.hemisphere(key.hemisphere);
  if (!hemisphere) return target;
  for (const Roi& roi : hemisphere->rois)
    if (roi.name == key.name && roi.roiClass == key.roiClass) target.columns = roi.columns;
  target.label = QObject::tr("%1, %2").arg(QString::fromStdString(key.name), sideText(key.hemisphere));
  return target;
}

ResponseTarget vertexTarget(const Subject& subject, const VertexPick& vertex) {
  ResponseTarget target;
  target.hemisphere = vertex.hemisphere;
  const HemisphereData* hemisphere = subject.hemisphere(vertex.hemisphere);
  if (!hemisphere) return target;
  const auto found = std::ranges::lower_bound(hemisphere->vertices, vertex.vertex);
  if (found == hemisphere->vertices.end() || *found != vertex.vertex) return target;
  target.columns = {static_cast<uint32_t>(found - hemisphere->vertices.begin())};
  target.label =
      QObject::tr("vertex %1, %2").arg(QString::fromStdString(thousands(vertex.vertex)), sideText(vertex.hemisphere));
  return target;
}

void addMeans(const Responses* responses, size_t images, std::span<const uint32_t> columns, std::vector<float>& out) {
  if (!responses) {
    out.insert(out.end(), images, kNone);
    return;
  }
  std::vector<uint32_t> rows(responses->rows());
  std::iota(rows.begin(), rows.end(), 0U);
  Matrix<float> values(rows.size(), columns.size());
  responses->gather(rows, columns, values.view());
  for (size_t r = 0; r < values.rows(); ++r) {
    const auto row = std::as_const(values).row(r);
    out.push_back(static_cast<float>(std::accumulate(row.begin(), row.end(), 0.0) / static_cast<double>(row.size())));
  }
}

/// What a pool thread answers.
struct Answer {
  PictureNumbers numbers;
  QString whyNoPrediction;
};

Answer read(const Subject& subject, const ResponseTarget& target, const WorkbenchState::RunPointer& run) {
  Answer answer;
  if (target.isEmpty()) return answer;
  const HemisphereData* hemisphere = subject.hemisphere(target.hemisphere);
  addMeans(hemisphere->training.get(), subject.trainingImages.size(), target.columns, answer.numbers.measured);
  addMeans(hemisphere->test.get(), subject.testImages.size(), target.columns, answer.numbers.measured);
  if (!run) {
    answer.whyNoPrediction = QObject::tr("choose a finished run to see what it predicts");
    return answer;
  }
  try {
    const RunPictures pictures(RunFolder(run->path), subject.id, target.hemisphere);
    if (pictures.columnCount() == 0) {
      answer.whyNoPrediction = QObject::tr("the run does not predict this hemisphere");
      return answer;
    }
    std::unordered_map<std::string, float> byName;
    const std::vector<float> means = pictures.means(target.columns);
    for (size_t i = 0; i < means.size(); ++i) byName[pictures.pictures()[i]] = means[i];
    for (const auto* images : {&subject.trainingImages, &subject.testImages})
      for (const Stimulus& image : *images) {
        const auto found = byName.find(image.file);
        answer.numbers.predicted.push_back(found == byName.end() ? kNone : found->second);
      }
  } catch (const std::exception& error) {
    answer.whyNoPrediction = QString::fromUtf8(error.what());
  }
  return answer;
}

}  // namespace

StimulusSource::StimulusSource(WorkbenchState& state, QObject* parent) : QObject(parent), m_state(state) {
  connect(&state, &WorkbenchState::studyChanged, this, &StimulusSource::takeSubject);
  connect(&state, &WorkbenchState::subjectChanged, this, &StimulusSource::takeSubject);
  connect(&state, &WorkbenchState::currentRoiChanged, this, [this] { takeTarget(); });
  connect(&state, &WorkbenchState::vertexChanged, this, [this] { takeTarget(); });
  connect(&state, &WorkbenchState::selectedRunsChanged, this, &StimulusSource::request);
  connect(&state, &WorkbenchState::runUpdated, this, [this](const QString& id) {
    const auto run = m_state.currentRun();
    if (run && QString::fromStdString(run->id) == id && run->state.status == RunStatus::Done) request();
  });
  connect(&state, &WorkbenchState::pictureChanged, this, &StimulusSource::showSimilarity);
  takeSubject();
}

StimulusSource::~StimulusSource() = default;

int StimulusSource::indexOf(const QString& file) const {
  const auto found = std::ranges::find(m_pictures, file, &BrowsedPicture::file);
  return found == m_pictures.end() ? -1 : static_cast<int>(found - m_pictures.begin());
}

void StimulusSource::takeSubject() {
  m_pictures.clear();
  m_paths.clear();
  if (const Subject* subject = m_state.subjectData())
    for (const auto* images : {&subject->trainingImages, &subject->testImages})
      for (const Stimulus& image : *images) {
        m_pictures.push_back({QString::fromStdString(image.file), image.nsdId, images == &subject->testImages});
        m_paths.push_back(image.path);
      }
  setEmbedding({});
  Q_EMIT picturesChanged();
  takeTarget();
}

void StimulusSource::setVertexMeant(bool isVertex) {
  m_isVertexMeant = isVertex;
  takeTarget();
}

void StimulusSource::takeTarget() {
  m_target = {};
  if (const Subject* subject = m_state.subjectData()) {
    if (m_isVertexMeant && m_state.vertex()) m_target = vertexTarget(*subject, *m_state.vertex());
    if (!m_isVertexMeant && m_state.currentRoi()) m_target = roiTarget(*subject, *m_state.currentRoi());
  }
  request();
}

void StimulusSource::request() {
  const quint64 asked = ++m_request;
  const auto study = m_state.study();
  const Subject* subject = m_state.subjectData();
  if (!subject) return;
  const QPointer<StimulusSource> self(this);
  QThreadPool::globalInstance()->start([self, asked, study, subject, target = m_target, run = m_state.currentRun()] {
    Answer answer = read(*subject, target, run);
    QMetaObject::invokeMethod(qApp, [self, asked, answer = std::move(answer)] {
      if (!self || asked != self->m_request) return;
      std::vector<float> similarity = std::move(self->m_numbers.similarity);
      self->m_numbers = answer.numbers;
      self->m_numbers.similarity = std::move(similarity);
      self->m_whyNoPrediction = answer.whyNoPrediction;
      Q_EMIT self->numbersChanged();
    });
  });
}

void StimulusSource::setEmbedding(const std::filesystem::path& folder) {
  if (folder == m_embedding) return;
  m_embedding = folder;
  m_space.reset();
  m_pictureOfRow.clear();
  m_spaceJob.reset();
  m_numbers.similarity.clear();
  Q_EMIT spaceChanged();
  if (folder.empty()) return;
  m_spaceJob = std::make_unique<BackgroundJob>();
  const auto made = std::make_shared<std::shared_ptr<const PictureSpace>>();
  connect(m_spaceJob.get(), &BackgroundJob::progressed, this,
          [this](const QString& text) { Q_EMIT spaceProgress(text); });
  connect(m_spaceJob.get(), &BackgroundJob::finished, this, [this, made] { takeSpace(*made); });
  connect(m_spaceJob.get(), &BackgroundJob::failed, this, [this](const QString& reason) {
    Q_EMIT spaceProgress({});
    Q_EMIT spaceFailed(reason);
  });
  m_spaceJob->start([folder, made](ProgressReporter& progress) {
    *made = std::make_shared<const PictureSpace>(PictureSpace::of(Embedding::open(folder), progress));
  });
}

void StimulusSource::takeSpace(std::shared_ptr<const PictureSpace> space) {
  m_space = std::move(space);
  std::unordered_map<std::string, int> indexOfFile;
  for (size_t i = 0; i < m_pictures.size(); ++i) indexOfFile[m_pictures[i].file.toStdString()] = static_cast<int>(i);
  for (const std::string& file : m_space->pictures()) {
    const auto found = indexOfFile.find(file);
    m_pictureOfRow.push_back(found == indexOfFile.end() ? -1 : found->second);
  }
  Q_EMIT spaceProgress({});
  Q_EMIT spaceChanged();
  showSimilarity();
}

void StimulusSource::showSimilarity() {
  m_numbers.similarity.clear();
  const int chosen = indexOf(m_state.picture());
  const auto row = std::ranges::find(m_pictureOfRow, chosen);
  if (m_space && chosen >= 0 && row != m_pictureOfRow.end()) {
    m_numbers.similarity.assign(m_pictures.size(), kNone);
    m_numbers.similarity[static_cast<size_t>(chosen)] = 1;
    for (const PictureNeighbour& each :
         m_space->neighbours(static_cast<uint32_t>(row - m_pictureOfRow.begin()), m_pictureOfRow.size()))
      if (const int picture = m_pictureOfRow[each.picture]; picture >= 0)
        m_numbers.similarity[static_cast<size_t>(picture)] = each.similarity;
  }
  Q_EMIT numbersChanged();
}

}  // namespace corticast
