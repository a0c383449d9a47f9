#include "widgets/state/workbench_state.h"

#include <algorithm>

namespace corticast {
namespace {

const std::string kStreams = "streams";

std::set<RoiKey> roisToStartWith(const Subject& subject) {
  std::set<RoiKey> rois;
  for (const HemisphereData& hemisphere : subject.hemispheres)
    for (const Roi& roi : hemisphere.rois)
      if (!roi.isAbsent() && roi.roiClass != kStreams) rois.insert({hemisphere.hemisphere, roi.roiClass, roi.name});
  return rois;
}

bool hasRoi(const Subject& subject, const RoiKey& key) {
  const HemisphereData* hemisphere = subject.hemisphere(key.hemisphere);
  return hemisphere && std::ranges::any_of(hemisphere->rois, [&](const Roi& roi) {
           return roi.name == key.name && roi.roiClass == key.roiClass && !roi.isAbsent();
         });
}

}  // namespace

int newestEpoch(const RunSnapshot& run) {
  int newest = 0;
  for (const auto& cohort : run.curves)
    for (const GroupCurve& curve : cohort) newest = std::max(newest, curve.epochs());
  return newest;
}

WorkbenchState::WorkbenchState(QObject* parent) : QObject(parent) {}
WorkbenchState::~WorkbenchState() = default;

void WorkbenchState::setStudy(std::shared_ptr<const Study> study) {
  if (study == m_study) return;
  m_study = std::move(study);
  m_subject = m_study && !m_study->subjects.empty() ? QString::fromStdString(m_study->subjects.front().id) : QString();
  m_currentRoi.reset();
  m_vertex.reset();
  m_picture.clear();
  m_pictureResponse.reset();
  const Subject* subject = subjectData();
  m_selectedRois = subject ? roisToStartWith(*subject) : std::set<RoiKey>{};
  if (subject) {
    m_hemispheres.clear();
    for (const HemisphereData& hemisphere : subject->hemispheres) m_hemispheres.insert(hemisphere.hemisphere);
  }
  Q_EMIT studyChanged();
  Q_EMIT subjectChanged();
  Q_EMIT hemispheresChanged();
  Q_EMIT selectedRoisChanged();
  Q_EMIT currentRoiChanged();
  Q_EMIT vertexChanged();
  Q_EMIT pictureChanged();
  Q_EMIT pictureResponseChanged();
}

const Subject* WorkbenchState::subjectData() const {
  if (!m_study) return nullptr;
  const auto found = std::ranges::find(m_study->subjects, m_subject.toStdString(), &Subject::id);
  return found == m_study->subjects.end() ? nullptr : &*found;
}

void WorkbenchState::setSubject(const QString& subject) {
  if (subject == m_subject) return;
  m_subject = subject;
  // What the new subject lacks cannot stay selected.
  if (const Subject* data = subjectData())
    std::erase_if(m_selectedRois, [&](const RoiKey& key) { return !hasRoi(*data, key); });
  if (const Subject* data = subjectData(); data && m_currentRoi && !hasRoi(*data, *m_currentRoi)) m_currentRoi.reset();
  Q_EMIT subjectChanged();
  Q_EMIT selectedRoisChanged();
  Q_EMIT currentRoiChanged();
}

void WorkbenchState::setHemispheres(const std::set<Hemisphere>& hemispheres) {
  if (hemispheres.empty() || hemispheres == m_hemispheres) return;
  m_hemispheres = hemispheres;
  Q_EMIT hemispheresChanged();
}

void WorkbenchState::setSelectedRois(const std::set<RoiKey>& rois) {
  if (rois == m_selectedRois) return;
  m_selectedRois = rois;
  Q_EMIT selectedRoisChanged();
}

void WorkbenchState::setCurrentRoi(const std::optional<RoiKey>& roi) {
  if (roi == m_currentRoi) return;
  m_currentRoi = roi;
  Q_EMIT currentRoiChanged();
}

void WorkbenchState::setWorkspace(const std::filesystem::path& workspace) {
  if (workspace == m_workspace) return;
  m_workspace = workspace;
  m_runs.clear();
  m_runSlots.clear();
  m_selectedRuns.clear();
  Q_EMIT workspaceChanged();
  Q_EMIT runsChanged();
  Q_EMIT selectedRunsChanged();
}

void WorkbenchState::setRuns(std::vector<RunPointer> runs) {
  const auto idOf = [](const RunPointer& run) { return run->id; };
  const bool isSameList = std::ranges::equal(runs, m_runs, {}, idOf, idOf);
  QStringList updated;
  for (const RunPointer& run : runs) {
    const auto before = std::ranges::find(m_runs, run->id, idOf);
    if (before != m_runs.end() && *before != run) updated << QString::fromStdString(run->id);
  }
  m_runs = std::move(runs);
  for (auto oldestFirst = m_runs.rbegin(); oldestFirst != m_runs.rend(); ++oldestFirst)
    m_runSlots.try_emplace((*oldestFirst)->id, m_runSlots.size());
  if (!isSameList) {
    Q_EMIT runsChanged();
    QStringList kept;
    for (const QString& id : m_selectedRuns)
      if (run(id)) kept << id;
    setSelectedRuns(kept);
  }
  for (const QString& id : updated) Q_EMIT runUpdated(id);
}

WorkbenchState::RunPointer WorkbenchState::run(const QString& id) const {
  const auto found = std::ranges::find(m_runs, id.toStdString(), [](const RunPointer& run) { return run->id; });
  return found == m_runs.end() ? nullptr : *found;
}

size_t WorkbenchState::runSlot(const QString& id) const {
  const auto found = m_runSlots.find(id.toStdString());
  return found == m_runSlots.end() ? 0 : found->second;
}

void WorkbenchState::setSelectedRuns(const QStringList& ids) {
  if (ids == m_selectedRuns) return;
  m_selectedRuns = ids;
  Q_EMIT selectedRunsChanged();
}

WorkbenchState::RunPointer WorkbenchState::currentRun() const {
  return m_selectedRuns.isEmpty() ? nullptr : run(m_selectedRuns.front());
}

void WorkbenchState::setVertex(const std::optional<VertexPick>& vertex) {
  if (vertex == m_vertex) return;
  m_vertex = vertex;
  Q_EMIT vertexChanged();
}

void WorkbenchState::setPicture(const QString& file) {
  if (file == m_picture) return;
  m_picture = file;
  Q_EMIT pictureChanged();
}

void WorkbenchState::setPictureResponse(std::shared_ptr<const PictureResponse> response) {
  if (response == m_pictureResponse) return;
  m_pictureResponse = std::move(response);
  Q_EMIT pictureResponseChanged();
}

void WorkbenchState::setEpoch(int epoch) {
  if (epoch == m_epoch) return;
  m_epoch = epoch;
  Q_EMIT epochChanged();
}

void WorkbenchState::setMap(MapKind map) {
  if (map == m_map) return;
  m_map = map;
  Q_EMIT mapChanged();
}

}  // namespace corticast
