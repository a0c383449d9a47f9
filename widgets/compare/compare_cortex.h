#pragma once
#include <QWidget>
#include <memory>
#include <vector>

#include "widgets/compare/comparison_source.h"
#include "widgets/cortex/cortex_surfaces.h"
#include "widgets/cortex/value_range.h"

class QComboBox;
class QHBoxLayout;
class QLabel;

namespace corticast {

class BrainView;
class ColourBar;

/// How vertices with a significant difference stand out on the difference map.
enum class Significance {
  Fade,     ///< the others are shown faintly
  Outline,  ///< a border around them
  Off
};

/// The compared runs' correlation on one cortex each, all in one scale, and beside them first less second: cortices
/// that turn, move and zoom as one, since they are looked at through the same cameras.
class CompareCortex : public QWidget {
  Q_OBJECT

 public:
  explicit CompareCortex(WorkbenchState& state, QWidget* parent = nullptr);
  ~CompareCortex() override;

  /// Null: bare cortices.
  void setCompared(std::shared_ptr<const Compared> compared);
  /// Vertices picked in another plot, painted on every cortex.
  void setBrushed(const std::vector<VertexPick>& vertices);

  /// The cortices from the left: the runs, then the difference.
  [[nodiscard]] const std::vector<BrainView*>& views() const { return m_views; }
  [[nodiscard]] Significance significance() const;
  /// One value per vertex of a cortex, as it is painted; for tests.
  [[nodiscard]] std::vector<float> mapOf(size_t view, Hemisphere hemisphere) const;
  [[nodiscard]] const ValueRange& range() const { return m_range; }
  [[nodiscard]] const ValueRange& differenceRange() const { return m_differenceRange; }

 Q_SIGNALS:
  void surfacesLoaded();

 protected:
  void changeEvent(QEvent* event) override;
  void showEvent(QShowEvent* event) override;

 private:
  QHBoxLayout* buildToolRow();
  void loadTemplate();
  void setViewCount(size_t count);
  void arrange();
  void linkCameras();
  void showSurface();
  void showTitles();
  void showMaps();
  void showOverlays();
  void showSceneColours();
  void showReadout(const std::optional<VertexPick>& vertex);
  [[nodiscard]] size_t runCount() const;
  [[nodiscard]] bool isDifference(size_t view) const { return view == runCount(); }
  [[nodiscard]] const HemisphereData* data(Hemisphere hemisphere) const;
  /// Whether each vertex of the template differs significantly.
  [[nodiscard]] std::vector<bool> significant(Hemisphere hemisphere) const;
  [[nodiscard]] std::vector<Paint> paintOf(size_t view, Hemisphere hemisphere) const;

  WorkbenchState& m_state;
  std::shared_ptr<const Compared> m_compared;
  std::shared_ptr<const CortexSurfaces> m_surfaces;
  std::vector<VertexPick> m_brushed;
  ValueRange m_range{-1, 1}, m_differenceRange{-1, 1};
  std::vector<BrainView*> m_views;
  std::vector<QLabel*> m_titles;  ///< above them
  QHBoxLayout* m_columns;
  ColourBar* m_bar;
  ColourBar* m_differenceBar;
  QLabel* m_readout;
  QLabel* m_message;
  QComboBox* m_surface = nullptr;
  QComboBox* m_directions = nullptr;
  QComboBox* m_significance = nullptr;
  quint64 m_loadRequest = 0;
  bool m_isOutdated = true;  ///< another study since the surfaces were loaded
};

}  // namespace corticast
