#include "widgets/cortex/map_source.h"

#include <QCoreApplication>
#include <QMetaObject>
#include <QPointer>
#include <QThreadPool>
#include <algorithm>
#include <cmath>

#include "core/runs/run_maps.h"
#include "widgets/state/picture_response.h"

namespace corticast {
namespace {

/// What the reading thread answers.
struct Answer {
  std::shared_ptr<const CortexMap> map;
  QString failure;
};

Answer readCorrelation(const WorkbenchState::RunPointer& run, const QString& subject, int epoch) {
  auto map = std::make_shared<CortexMap>();
  map->kind = MapKind::Correlation;
  map->title = QObject::tr("Validation correlation r");
  map->subject = subject;
  map->run = QString::fromStdString(run->id);
  map->isSigned = true;
  try {
    const RunMaps maps(RunFolder(run->path), *run->layout);
    // The newest epoch of the snapshot, which the other panels show: there may be a newer file already.
    const int shown = epoch > 0 ? epoch : std::min(maps.lastEpoch(), newestEpoch(*run));
    const bool isFinal = epoch == 0 && run->state.status == RunStatus::Done;
    for (const Hemisphere h : kHemispheres) {
      auto& values = map->columns[h == Hemisphere::Left ? 0 : 1];
      if (isFinal) values = maps.bestCorrelation(subject.toStdString(), h, *run);
      if (values.empty() && shown > 0) values = maps.correlation(subject.toStdString(), h, shown);
    }
    const QString name = QString::fromStdString(run->meta.name.empty() ? run->id : run->meta.name);
    map->description =
        isFinal ? QObject::tr("%1, best epochs").arg(name) : QObject::tr("%1, epoch %2").arg(name).arg(shown);
  } catch (const std::exception& error) {
    return {nullptr, QString::fromUtf8(error.what())};
  }
  return {std::move(map), {}};
}

}  // namespace

MapSource::MapSource(WorkbenchState& state, QObject* parent)
    : QObject(parent), m_state(state), m_map(std::make_shared<CortexMap>()) {
  connect(&state, &WorkbenchState::subjectChanged, this, &MapSource::request);
  connect(&state, &WorkbenchState::studyChanged, this, &MapSource::request);
  connect(&state, &WorkbenchState::mapChanged, this, &MapSource::request);
  connect(&state, &WorkbenchState::epochChanged, this, &MapSource::request);
  connect(&state, &WorkbenchState::selectedRunsChanged, this, &MapSource::request);
  connect(&state, &WorkbenchState::pictureResponseChanged, this, [this] {
    if (m_state.map() == MapKind::Picture) request();
  });
  connect(&state, &WorkbenchState::runUpdated, this, &MapSource::onRunUpdated);
  request();
}

MapSource::~MapSource() = default;

void MapSource::onRunUpdated(const QString& id) {
  const auto run = m_state.currentRun();
  if (m_state.map() == MapKind::Correlation && m_state.epoch() == 0 && run && QString::fromStdString(run->id) == id)
    request();
}

void MapSource::request() {
  ++m_request;
  if (m_state.map() == MapKind::Correlation) {
    const auto run = m_state.currentRun();
    if (run && run->layout) {
      requestCorrelation(run);
      return;
    }
  }
  if (m_state.map() == MapKind::Ceiling) {
    deliver(ceilingMap());
    return;
  }
  if (const auto& response = m_state.pictureResponse(); m_state.map() == MapKind::Picture && response) {
    auto map = std::make_shared<CortexMap>();
    map->kind = MapKind::Picture;
    map->title = response->title;
    map->description = response->description;
    map->subject = response->subject;
    map->isSigned = true;
    map->columns = response->columns;
    deliver(std::move(map));
    return;
  }
  auto none = std::make_shared<CortexMap>();
  none->kind = m_state.map();
  none->subject = m_state.subject();
  deliver(std::move(none));
}

std::shared_ptr<const CortexMap> MapSource::ceilingMap() const {
  auto map = std::make_shared<CortexMap>();
  map->kind = MapKind::Ceiling;
  map->title = tr("Noise ceiling (highest r)");
  map->description = tr("noise ceiling");
  map->subject = m_state.subject();
  if (const Subject* subject = m_state.subjectData())
    for (const HemisphereData& hemisphere : subject->hemispheres) {
      auto& values = map->columns[hemisphere.hemisphere == Hemisphere::Left ? 0 : 1];
      // The ceiling is a share of variance; no model can correlate better than its root.
      for (const float share : hemisphere.noiseCeiling) values.push_back(std::sqrt(share));
    }
  return map;
}

void MapSource::requestCorrelation(const WorkbenchState::RunPointer& run) {
  if (m_isReading) {
    m_isOutdated = true;
    return;
  }
  m_isReading = true;
  m_isOutdated = false;
  const QPointer<MapSource> self(this);
  QThreadPool::globalInstance()->start(
      [self, run, subject = m_state.subject(), epoch = m_state.epoch(), asked = m_request] {
        Answer answer = readCorrelation(run, subject, epoch);
        QMetaObject::invokeMethod(
            qApp,
            [self, asked, answer = std::move(answer)] {
              if (!self) return;
              self->m_isReading = false;
              if (self->m_isOutdated || asked != self->m_request) {
                self->request();
                return;
              }
              if (answer.map)
                self->deliver(answer.map);
              else
                Q_EMIT self->failed(answer.failure);
            },
            Qt::QueuedConnection);
      });
}

void MapSource::deliver(std::shared_ptr<const CortexMap> map) {
  m_map = std::move(map);
  Q_EMIT mapReady();
}

}  // namespace corticast
