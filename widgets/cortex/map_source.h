#pragma once
#include <QObject>
#include <QString>
#include <array>
#include <memory>
#include <vector>

#include "core/base/hemisphere.h"
#include "widgets/state/workbench_state.h"

namespace corticast {

/// A map ready to be painted: one value per column of each hemisphere of a subject, NaN where there is none.
struct CortexMap {
  MapKind kind = MapKind::None;
  QString title;        ///< for the colour bar: "Correlation r"
  QString description;  ///< what it is of: "CLIP-Linear, epoch 23"
  QString subject;
  QString run;  ///< id, of maps of a run
  bool isSigned = false;
  std::array<std::vector<float>, 2> columns;  ///< [lh, rh]; empty = no map there

  [[nodiscard]] const std::vector<float>& of(Hemisphere hemisphere) const {
    return columns[hemisphere == Hemisphere::Left ? 0 : 1];
  }
};

/// Makes the map that the state asks for. Files are read on a thread pool; an answer to an old question is dropped.
class MapSource : public QObject {
  Q_OBJECT

 public:
  explicit MapSource(WorkbenchState& state, QObject* parent = nullptr);
  ~MapSource() override;

  /// The newest map; never null.
  [[nodiscard]] std::shared_ptr<const CortexMap> map() const { return m_map; }

 Q_SIGNALS:
  void mapReady();
  /// Why the map that was asked for is not there.
  void failed(const QString& reason);

 private:
  void request();
  void onRunUpdated(const QString& id);
  void deliver(std::shared_ptr<const CortexMap> map);
  [[nodiscard]] std::shared_ptr<const CortexMap> ceilingMap() const;
  void requestCorrelation(const WorkbenchState::RunPointer& run);

  WorkbenchState& m_state;
  std::shared_ptr<const CortexMap> m_map;
  quint64 m_request = 0;  ///< of the newest question
  bool m_isReading = false;
  bool m_isOutdated = false;  ///< asked again while reading
};

}  // namespace corticast
