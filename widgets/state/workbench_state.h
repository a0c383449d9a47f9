#pragma once
#include <QObject>
#include <QString>
#include <QStringList>
#include <compare>
#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "core/base/hemisphere.h"
#include "core/data/study.h"
#include "core/runs/run_snapshot.h"
#include "widgets/brain/brain_scene.h"

namespace corticast {

/// One ROI of one hemisphere of the chosen subject.
struct RoiKey {
  Hemisphere hemisphere = Hemisphere::Left;
  std::string roiClass;
  std::string name;
  auto operator<=>(const RoiKey&) const = default;
};

/// What is painted on the cortex.
enum class MapKind {
  None,         ///< folding only
  Correlation,  ///< of the current run at the chosen epoch, validation images
  Ceiling,      ///< highest correlation that the study's noise ceiling allows
  Labels,       ///< ROI classes as flat colours
  Picture,      ///< the response to one picture (pictureResponse())
};

/// The last epoch that any of the run's models has finished; 0 before the first.
[[nodiscard]] int newestEpoch(const RunSnapshot& run);

struct PictureResponse;

/// The one selection of the window: what is open, chosen and pointed at. Panels know this object and each other not;
/// each listens to the signals it needs and calls the setters. A setter with the value that is there does nothing.
/// UI thread only.
class WorkbenchState : public QObject {
  Q_OBJECT

 public:
  using RunPointer = std::shared_ptr<const RunSnapshot>;

  explicit WorkbenchState(QObject* parent = nullptr);
  ~WorkbenchState() override;

  /// Null before a study was opened. Choosing a study chooses its first subject, both hemispheres and every ROI that
  /// is there (streams, which are large territories, aside).
  [[nodiscard]] std::shared_ptr<const Study> study() const { return m_study; }
  void setStudy(std::shared_ptr<const Study> study);

  [[nodiscard]] const QString& subject() const { return m_subject; }
  /// The chosen subject's data; null without a study.
  [[nodiscard]] const Subject* subjectData() const;
  void setSubject(const QString& subject);

  /// Shown and trained hemispheres, never empty.
  [[nodiscard]] const std::set<Hemisphere>& hemispheres() const { return m_hemispheres; }
  void setHemispheres(const std::set<Hemisphere>& hemispheres);

  [[nodiscard]] const std::set<RoiKey>& selectedRois() const { return m_selectedRois; }
  void setSelectedRois(const std::set<RoiKey>& rois);
  /// The ROI that was clicked last: outlined strongly, its curve on top.
  [[nodiscard]] const std::optional<RoiKey>& currentRoi() const { return m_currentRoi; }
  void setCurrentRoi(const std::optional<RoiKey>& roi);

  [[nodiscard]] const std::filesystem::path& workspace() const { return m_workspace; }
  void setWorkspace(const std::filesystem::path& workspace);

  /// Newest first.
  [[nodiscard]] const std::vector<RunPointer>& runs() const { return m_runs; }
  /// Replaces the list; emits runsChanged() when runs came or went, and runUpdated() for each that changed.
  void setRuns(std::vector<RunPointer> runs);
  [[nodiscard]] RunPointer run(const QString& id) const;
  /// A small number that is the run's own as long as the workspace is open: its colour and line style in every panel
  /// (style/run_styles.h). Given in the order of creation, and not passed on when a run is deleted.
  [[nodiscard]] size_t runSlot(const QString& id) const;

  /// Ids; the first is the current run, whose map is on the cortex.
  [[nodiscard]] const QStringList& selectedRuns() const { return m_selectedRuns; }
  void setSelectedRuns(const QStringList& ids);
  [[nodiscard]] RunPointer currentRun() const;

  [[nodiscard]] const std::optional<VertexPick>& vertex() const { return m_vertex; }
  void setVertex(const std::optional<VertexPick>& vertex);

  /// File name of the picture that was clicked last; empty when there is none.
  [[nodiscard]] const QString& picture() const { return m_picture; }
  void setPicture(const QString& file);
  /// What MapKind::Picture paints; null when there is nothing to paint.
  [[nodiscard]] const std::shared_ptr<const PictureResponse>& pictureResponse() const { return m_pictureResponse; }
  void setPictureResponse(std::shared_ptr<const PictureResponse> response);

  /// 1-based; 0 follows the newest epoch ("live").
  [[nodiscard]] int epoch() const { return m_epoch; }
  void setEpoch(int epoch);

  [[nodiscard]] MapKind map() const { return m_map; }
  void setMap(MapKind map);

 Q_SIGNALS:
  void studyChanged();
  void subjectChanged();
  void hemispheresChanged();
  void selectedRoisChanged();
  void currentRoiChanged();
  void workspaceChanged();
  void runsChanged();
  void runUpdated(const QString& id);
  void selectedRunsChanged();
  void vertexChanged();
  void pictureChanged();
  void pictureResponseChanged();
  void epochChanged();
  void mapChanged();

 private:
  std::shared_ptr<const Study> m_study;
  QString m_subject;
  std::set<Hemisphere> m_hemispheres{Hemisphere::Left, Hemisphere::Right};
  std::set<RoiKey> m_selectedRois;
  std::optional<RoiKey> m_currentRoi;
  std::filesystem::path m_workspace;
  std::vector<RunPointer> m_runs;
  std::map<std::string, size_t> m_runSlots;
  QStringList m_selectedRuns;
  std::optional<VertexPick> m_vertex;
  QString m_picture;
  std::shared_ptr<const PictureResponse> m_pictureResponse;
  int m_epoch = 0;
  MapKind m_map = MapKind::Labels;
};

}  // namespace corticast
