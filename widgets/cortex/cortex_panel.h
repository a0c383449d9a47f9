#pragma once
#include <QWidget>
#include <memory>
#include <optional>

#include "widgets/brain/brain_scene.h"
#include "widgets/cortex/cortex_surfaces.h"
#include "widgets/cortex/cortex_view_settings.h"
#include "widgets/state/workbench_state.h"

class QLabel;

namespace corticast {

class BrainView;
class ColourBar;
class CortexToolRow;
class EpochSlider;
class MapSource;

/// The brain in the middle of the window: tool row, view, colour bar, epochs, and what is under the pointer.
class CortexPanel : public QWidget {
  Q_OBJECT

 public:
  explicit CortexPanel(WorkbenchState& state, QWidget* parent = nullptr);
  ~CortexPanel() override;

  [[nodiscard]] const CortexViewSettings& settings() const { return m_settings; }
  void setSettings(const CortexViewSettings& settings);
  void setViews(const std::string& preset);
  /// Turns and zooms to the current ROI.
  void frameCurrentRoi();
  [[nodiscard]] BrainView& view() { return *m_view; }
  [[nodiscard]] EpochSlider& epochs() { return *m_epochs; }
  [[nodiscard]] std::shared_ptr<const CortexSurfaces> surfaces() const { return m_surfaces; }
  /// The colours in force, for figures.
  [[nodiscard]] MapColours colours() const;

 Q_SIGNALS:
  void surfacesLoaded();

 protected:
  void changeEvent(QEvent* event) override;

 private:
  void connectTools();
  void loadTemplate();
  void showSurface();
  void morph();
  void showViews();
  void showMap();
  void showColours();
  void fitRange();
  void showOutlines();
  void showReadout(const std::optional<VertexPick>& vertex);
  void onClicked(const std::optional<VertexPick>& vertex);
  void askForRange();
  void showMessage(const QString& text);
  [[nodiscard]] std::vector<Hemisphere> shownHemispheres() const;

  WorkbenchState& m_state;
  CortexViewSettings m_settings;
  std::shared_ptr<const CortexSurfaces> m_surfaces;
  quint64 m_loadRequest = 0;
  ValueRange m_fitted;  ///< range without one chosen
  QString m_fittedTo;   ///< the run and subject whose maps it holds
  MapSource* m_source;
  CortexToolRow* m_tools;
  BrainView* m_view;
  ColourBar* m_bar;
  EpochSlider* m_epochs;
  QLabel* m_readout;
  QLabel* m_message;
};

}  // namespace corticast
