#pragma once
#include <QWidget>
#include <memory>
#include <optional>

#include "widgets/brain/brain_scene.h"
#include "widgets/cortex/cortex_surfaces.h"
#include "widgets/cortex/value_range.h"
#include "widgets/state/workbench_state.h"

class QComboBox;
class QLabel;
class QSlider;
class QToolButton;

namespace corticast {

class BrainView;
class ColourBar;
class EpochSlider;
class MapSource;

/// How the cortex is looked at; saved with the window.
struct CortexViewSettings {
  SurfaceKind surface = SurfaceKind::Inflated;
  double morph = 1;  ///< 0 = folded (white matter), 1 = the chosen surface
  std::string views = "lateral";
  std::string colourMap;            ///< "" = vik for signed maps, viridis for others
  std::optional<ValueRange> range;  ///< none = fitted to the map
  double threshold = 0;
};

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
  QWidget* buildToolRow();
  void loadTemplate();
  void showSurface();
  void morph();
  void showViews();
  void showMap();
  void showColours();
  void showOutlines();
  void showReadout(const std::optional<VertexPick>& vertex);
  void onClicked(const std::optional<VertexPick>& vertex);
  void askForRange();
  void showMessage(const QString& text);
  [[nodiscard]] std::optional<RoiKey> roiAt(const VertexPick& vertex) const;
  [[nodiscard]] QString describe(const VertexPick& vertex) const;
  [[nodiscard]] std::vector<Hemisphere> shownHemispheres() const;

  WorkbenchState& m_state;
  CortexViewSettings m_settings;
  std::shared_ptr<const CortexSurfaces> m_surfaces;
  quint64 m_loadRequest = 0;
  MapSource* m_source;
  BrainView* m_view;
  ColourBar* m_bar;
  EpochSlider* m_epochs;
  QLabel* m_readout;
  QLabel* m_message;
  QComboBox* m_mapChoice = nullptr;
  QComboBox* m_surfaceChoice = nullptr;
  QSlider* m_morphSlider = nullptr;
  QComboBox* m_viewChoice = nullptr;
  QComboBox* m_colourChoice = nullptr;
};

}  // namespace corticast
