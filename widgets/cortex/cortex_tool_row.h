#pragma once
#include <QWidget>

#include "widgets/cortex/cortex_view_settings.h"
#include "widgets/state/workbench_state.h"

class QComboBox;
class QSlider;

namespace corticast {

/// The row above the cortex: which map, on which surface, from where, in which colours. objectNames: "mapChoice",
/// "surfaceChoice", "morphSlider", "viewChoice", "colourMapChoice".
class CortexToolRow : public QWidget {
  Q_OBJECT

 public:
  explicit CortexToolRow(QWidget* parent = nullptr);

  void showMap(MapKind map);
  void showSettings(const CortexViewSettings& settings);

 Q_SIGNALS:
  void mapChosen(corticast::MapKind map);
  void surfaceChosen(corticast::SurfaceKind surface);
  /// 0 = folded, 1 = the chosen surface.
  void morphChosen(double share);
  void viewsChosen(const QString& preset);
  /// Empty: automatic.
  void coloursChosen(const QString& colourMap);

 private:
  QComboBox* addChoice(const QString& name, const QString& label, const QString& toolTip);

  QComboBox* m_map;
  QComboBox* m_surface;
  QSlider* m_morph;
  QComboBox* m_views;
  QComboBox* m_colours;
};

}  // namespace corticast
